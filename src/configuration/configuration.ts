import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import type { Layer } from './configured-value.ts';
import { relaxedKey } from './key-path.ts';
import type { SettingKey, SettingValue } from './settings.ts';

/** An effective value. */
export interface EffectiveValue {
  readonly key: string;
  readonly value: unknown;
  /** The value for display, without secrets. */
  readonly shown: unknown;
  readonly layer: Layer;
  readonly origin: string;
}

/** A value for people. Secrets are `******`, and references are shown unresolved. */
export interface ExplainedValue {
  readonly key: string;
  readonly value: unknown;
  /** Origin of the value: `application.yaml:3`, `environment variable LOG_LEVEL`, `--set kinesis.stream`, `default`. */
  readonly origin: string;
}

export interface ConfigurationParts {
  readonly profiles: readonly string[];
  readonly values: readonly EffectiveValue[];
  readonly sections: ReadonlyMap<ClassOf, object>;
  readonly sectionNames: ReadonlyMap<ClassOf, string>;
  readonly problems: readonly StatefunError[];
  readonly warnings: readonly StatefunError[];
}

/** All settings of a run, each with its origin. A setting with an invalid value has its default. */
export class Configuration {
  /** The profiles of this run. Later ones take precedence. */
  readonly profiles: readonly string[];
  /** Every mistake in every source. */
  readonly problems: readonly StatefunError[];
  /** Warnings. The application starts in spite of them. */
  readonly warnings: readonly StatefunError[];
  // Private fields are not printed with the object, so secrets stay hidden.
  readonly #values: ReadonlyMap<string, EffectiveValue>;
  readonly #sections: ReadonlyMap<ClassOf, object>;
  readonly #sectionNames: ReadonlyMap<ClassOf, string>;

  /** @internal Made by loadConfiguration. */
  constructor(parts: ConfigurationParts) {
    this.profiles = parts.profiles;
    this.problems = parts.problems;
    this.warnings = parts.warnings;
    this.#values = new Map(parts.values.map((value) => [relaxedKey(value.key.split('.')), value]));
    this.#sections = parts.sections;
    this.#sectionNames = parts.sectionNames;
  }

  /** Returns the value of a setting of the framework. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    // Safe: values were converted to the types of the settings when they were read.
    return this.lookup(key) as SettingValue<K>;
  }

  /** Returns the value of any key, in any spelling, of the framework or the application, or undefined when there is none. */
  lookup(key: string): unknown {
    return this.#values.get(relaxedKey(key.split('.')))?.value;
  }

  /** Returns whether a key is set, so that its value is not a default. */
  isSet(key: string): boolean {
    const layer = this.#values.get(relaxedKey(key.split('.')))?.layer;
    return layer !== undefined && layer !== 'default';
  }

  /** Returns the origin of the value of a key. */
  originOf(key: string): string | undefined {
    return this.#values.get(relaxedKey(key.split('.')))?.origin;
  }

  /** Returns a configuration of the application, or undefined when it is not listed, or has problems. */
  section<T extends object>(configurationClass: ClassOf<T>): T | undefined {
    // Safe: each section is stored under its class.
    return this.#sections.get(configurationClass) as T | undefined;
  }

  /** Returns every effective value with its origin, by key, without secrets. */
  explain(): readonly ExplainedValue[] {
    return [...this.#values.values()]
      .map(({ key, shown, origin }) => ({ key, value: shown, origin }))
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  /** Returns the settings for connectors. */
  connectorSettings(): ConnectorSettings {
    const set = [...this.#values.values()].filter(({ layer }) => layer !== 'default' && layer !== 'code');
    const own = Array.from(this.#sections, ([made, section]) => [this.#sectionNames.get(made) ?? made.name, section]);
    return {
      values: Object.fromEntries([
        ...set.filter(({ layer }) => layer !== 'machine').map(({ key, value }) => [key, value]),
        ...own,
      ]) as Readonly<Record<string, unknown>>,
      fallbacks: Object.fromEntries(set.filter(({ layer }) => layer === 'machine').map(({ key, value }) => [key, value])),
    };
  }
}
