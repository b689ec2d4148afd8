import type { StandardSchemaV1 } from '../envelope/standard-schema.ts';
import type { ClassOf } from '../shared/metadata.ts';

/** A class that stands for what an application configures itself; its instances are the checked values. Made by {@link configuration}. */
export type ConfigurationClass<T extends object = object> = new () => Readonly<T>;

/** The values of a configuration: `ConfigurationOf<typeof PricingConfiguration>`. */
export type ConfigurationOf<C extends ConfigurationClass> = InstanceType<C>;

/** Options of a configuration class. */
export interface ConfigurationOptions {
  /** Keys whose values are never shown, besides those with names such as `password`, `apiKey` and `token`. */
  readonly secrets?: readonly string[];
}

/** What a configuration class was made from. */
export interface OwnSection {
  readonly name: string;
  readonly schema: StandardSchemaV1;
  readonly secrets: readonly string[];
}

const brand = Symbol.for('statefun.configuration');

/**
 * Declares what an application configures itself: a section of application.yaml, of the environment (`STATEFUN_PRICING__MAX_DISCOUNT`)
 * and of every other source of settings, checked by a schema (any Standard Schema that answers at once). List it under `configuration`
 * of the application or a module; constructors then ask for it by its class:
 *
 * ```ts
 * export class PricingConfiguration extends configuration('pricing', z.object({ maxDiscount: z.number().max(1) })) {}
 *
 * constructor(private readonly pricing: PricingConfiguration) {}
 * ```
 *
 * It also works without a class of its own: `const Pricing = configuration('pricing', schema)` is asked for with `@inject(Pricing)`, and
 * `ConfigurationOf<typeof Pricing>` is its type. Values that come as text (variables, the command line) become numbers, booleans and
 * lists where the schema refuses the text. Mistakes are reported with all others when the application is assembled.
 */
export function configuration<Output extends object>(
  name: string,
  schema: StandardSchemaV1<unknown, Output>,
  options: ConfigurationOptions = {},
): ConfigurationClass<Output> {
  const section: OwnSection = { name, schema, secrets: options.secrets ?? [] };
  class Configured {
    constructor() {
      throw new TypeError(`the configuration "${name}" is not made with new: ask for it in a constructor`);
    }
  }
  // What messages call it, unless a class of its own gives it a name.
  Object.defineProperty(Configured, 'name', { value: `configuration "${name}"` });
  Object.defineProperty(Configured, brand, { value: section });
  // Instances are made from what the schema answers with, see toInstance.
  return Configured as unknown as ConfigurationClass<Output>;
}

/** What a configuration class was made from; undefined for anything else. */
export function readSection(value: unknown): OwnSection | undefined {
  if (typeof value !== 'function') return undefined;
  // Static properties are inherited: a class that extends a configuration is one.
  return (value as unknown as Readonly<Record<symbol, OwnSection | undefined>>)[brand];
}

/** The checked values as an instance of their class, which cannot be changed: everyone who asks gets the same. */
export function toInstance(configurationClass: ClassOf, values: object): object {
  const instance = Object.create(configurationClass.prototype as object) as object;
  return Object.freeze(Object.assign(instance, values));
}
