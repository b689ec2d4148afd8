import type { StandardSchemaV1 } from '../envelope/standard-schema.ts';
import { isRecord } from './configured-value.ts';
import { relaxed } from './key-path.ts';

/**
 * The property names a schema knows, where its library can say so (as JSON Schema, as Zod does); undefined otherwise. With them keys are
 * found however they are written, and those that mean nothing are found too.
 */
export class SchemaShape {
  readonly #properties: Readonly<Record<string, unknown>> | undefined;
  readonly #additional: unknown;

  private constructor(schema: unknown) {
    const { properties, additionalProperties } = isRecord(schema) ? schema : {};
    this.#properties = isRecord(properties) ? properties : undefined;
    this.#additional = additionalProperties;
  }

  static of(schema: StandardSchemaV1): SchemaShape {
    const { jsonSchema } = schema['~standard'] as { readonly jsonSchema?: { readonly input?: unknown } };
    if (typeof jsonSchema?.input !== 'function') return new SchemaShape(undefined);
    try {
      // Types without a counterpart in JSON do not matter here; `libraryOptions` is how Zod is told so.
      const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } };
      return new SchemaShape((jsonSchema.input as (options: object) => unknown)(options));
    } catch {
      return new SchemaShape(undefined);
    }
  }

  /** The names of the properties. */
  get names(): readonly string[] {
    return Object.keys(this.#properties ?? {});
  }

  /** Whether there can be no other properties: a schema that ignores them would hide a mistake. */
  get isClosed(): boolean {
    return this.#properties !== undefined && (this.#additional === undefined || this.#additional === false);
  }

  /** The name of a property however it is written. */
  nameOf(level: string): string | undefined {
    return this.names.find((name) => name === level) ?? this.names.find((name) => relaxed(name) === relaxed(level));
  }

  /** What is known about a property. */
  property(name: string): SchemaShape {
    return new SchemaShape(this.#properties?.[name] ?? this.#additional);
  }
}
