import type { ConnectorSettings } from '../shared/connector-settings.ts';
import type { StatefunError } from '../shared/errors.ts';
import type { ClassOf } from '../shared/metadata.ts';
import type { Layer } from './configured-value.ts';
import { relaxedKey } from './key-path.ts';
import type { SettingKey, SettingValue } from './settings.ts';

/** A value that is in force. */
export interface EffectiveValue {
  readonly key: string;
  readonly value: unknown;
  /** As it may be shown. */
  readonly shown: unknown;
  readonly layer: Layer;
  readonly origin: string;
}

/** A value, for people: secrets are `******`, references are shown instead of what they lead to. */
export interface ExplainedValue {
  readonly key: string;
  readonly value: unknown;
  /** Where it comes from: `application.yaml:3`, `environment variable LOG_LEVEL`, `--set kinesis.stream`, `default`. */
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

/** All settings of a run, each with its origin. With problems it still answers: with the default where a value cannot be used. */
export class Configuration {
  /** The profiles of this run; later ones win. */
  readonly profiles: readonly string[];
  /** Every mistake in every source. */
  readonly problems: readonly StatefunError[];
  /** What people should know, and the application starts with. */
  readonly warnings: readonly StatefunError[];
  // Private fields are not printed with the object: secrets stay inside.
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

  /** The value of a setting of the framework. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    // Values were converted to the types of the registry when they were read.
    return this.lookup(key) as SettingValue<K>;
  }

  /** Any value by its key, however written: of the framework, or of what the application configures itself. Undefined: there is none. */
  lookup(key: string): unknown {
    return this.#values.get(relaxedKey(key.split('.')))?.value;
  }

  /** Whether somebody set a key: its value is not a default. */
  isSet(key: string): boolean {
    const layer = this.#values.get(relaxedKey(key.split('.')))?.layer;
    return layer !== undefined && layer !== 'default';
  }

  /** Where the value of a key comes from. */
  originOf(key: string): string | undefined {
    return this.#values.get(relaxedKey(key.split('.')))?.origin;
  }

  /** What an application configures itself; undefined when it is not listed, or has problems. */
  section<T extends object>(configurationClass: ClassOf<T>): T | undefined {
    // Sections are made as instances of the class they are kept under.
    return this.#sections.get(configurationClass) as T | undefined;
  }

  /** Every value in force with its origin, by key; nothing secret. */
  explain(): readonly ExplainedValue[] {
    return [...this.#values.values()]
      .map(({ key, shown, origin }) => ({ key, value: shown, origin }))
      .sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  /** What the connectors are told. */
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
