import type { StandardSchemaV1 } from '../envelope/standard-schema.ts';
import type { ClassOf } from '../shared/metadata.ts';

/** The class of a configuration of the application, created by {@link configuration}. Its instance has the checked values. */
export type ConfigurationClass<T extends object = object> = new () => Readonly<T>;

/** The values of a configuration: `ConfigurationOf<typeof PricingConfiguration>`. */
export type ConfigurationOf<C extends ConfigurationClass> = InstanceType<C>;

/** Options of a configuration class. */
export interface ConfigurationOptions {
  /** Keys whose values are never shown, besides those with names such as `password`, `apiKey` and `token`. */
  readonly secrets?: readonly string[];
}

/** The declaration of a configuration class. */
export interface OwnSection {
  readonly name: string;
  readonly schema: StandardSchemaV1;
  readonly secrets: readonly string[];
}

const brand = Symbol.for('statefun.configuration');

/**
 * Declares a configuration of the application: a section of application.yaml, of the environment (`STATEFUN_PRICING__MAX_DISCOUNT`) and of every other
 * source of settings, checked by a schema (any synchronous Standard Schema). List it under `configuration` of the application or a module. Constructors
 * inject it by its class:
 *
 * ```ts
 * export class PricingConfiguration extends configuration('pricing', z.object({ maxDiscount: z.number().max(1) })) {}
 *
 * constructor(private readonly pricing: PricingConfiguration) {}
 * ```
 *
 * Without a separate class, inject `const Pricing = configuration('pricing', schema)` with `@inject(Pricing)`; its type is
 * `ConfigurationOf<typeof Pricing>`. Text values (variables, the command line) become numbers, booleans and lists where the schema refuses the text.
 * Mistakes are reported with all others when the application is assembled.
 */
export function configuration<Output extends object>(
  name: string,
  schema: StandardSchemaV1<unknown, Output>,
  options: ConfigurationOptions = {},
): ConfigurationClass<Output> {
  const section: OwnSection = { name, schema, secrets: options.secrets ?? [] };
  class Configured {
    constructor() {
      throw new TypeError(`the configuration "${name}" is not created with new: inject it in a constructor`);
    }
  }
  // The name in messages, unless a subclass replaces it.
  Object.defineProperty(Configured, 'name', { value: `configuration "${name}"` });
  Object.defineProperty(Configured, brand, { value: section });
  // Safe: toInstance creates the instances from the output of the schema.
  return Configured as unknown as ConfigurationClass<Output>;
}

/** Returns the declaration of a configuration class, or undefined for anything else. */
export function readSection(value: unknown): OwnSection | undefined {
  if (typeof value !== 'function') return undefined;
  // Static properties are inherited: a class that extends a configuration is one.
  return (value as unknown as Readonly<Record<symbol, OwnSection | undefined>>)[brand];
}

/** Returns the checked values as a frozen instance of their class. All injections share it. */
export function toInstance(configurationClass: ClassOf, values: object): object {
  const instance = Object.create(configurationClass.prototype as object) as object;
  return Object.freeze(Object.assign(instance, values));
}
