import type { StandardSchemaV1 } from '../envelope/standard-schema.ts';
import { isRecord } from './configured-value.ts';
import { relaxed } from './key-path.ts';

/**
 * The property names of a schema, if its library can describe it as JSON Schema, as Zod can. With them, keys match however they are written, and
 * unknown keys are found. Without them, the shape has no names and is not closed.
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
      // Only names are needed: the option makes Zod accept types that JSON Schema cannot describe.
      const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } };
      return new SchemaShape((jsonSchema.input as (options: object) => unknown)(options));
    } catch {
      return new SchemaShape(undefined);
    }
  }

  /** Returns the names of the properties. */
  get names(): readonly string[] {
    return Object.keys(this.#properties ?? {});
  }

  /** Returns whether a key without a property is a mistake. A schema that ignores such keys would hide it. */
  get isClosed(): boolean {
    return this.#properties !== undefined && (this.#additional === undefined || this.#additional === false);
  }

  /** Returns the name of a property, however it is written. */
  nameOf(level: string): string | undefined {
    return this.names.find((name) => name === level) ?? this.names.find((name) => relaxed(name) === relaxed(level));
  }

  /** Returns the shape of a property. */
  property(name: string): SchemaShape {
    return new SchemaShape(this.#properties?.[name] ?? this.#additional);
  }
}
