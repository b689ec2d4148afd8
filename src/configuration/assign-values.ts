import { StatefunError } from '../shared/errors.ts';
import { nearestName } from '../shared/text/nearest-name.ts';
import { isRecord, type ConfiguredValue } from './configured-value.ts';
import { camelCase, relaxed, relaxedKey, variableOf } from './key-path.ts';
import type { OwnSection } from './configuration-class.ts';
import { SchemaShape } from './schema-shape.ts';
import { settings } from './settings.ts';
import { ValueTree } from './value-tree.ts';

/** The values of all sources by setting and section. Each setting has its highest value. */
export interface AssignedValues {
  /** Values by key. Values of a map have their whole key, such as `logging.levels.kinesis`. */
  readonly settings: ReadonlyMap<string, ConfiguredValue>;
  readonly sections: ReadonlyMap<OwnSection, ValueTree>;
  readonly problems: readonly StatefunError[];
  readonly warnings: readonly StatefunError[];
}

/** The relaxed form of every setting's key, with the key itself. */
const keys = new Map(
  [...settings].flatMap(([key, { otherKeys = [] }]) => [key, ...otherKeys].map((name) => [relaxedKey(name.split('.')), key])),
);
const maps = [...settings].filter(([, { type }]) => type === 'map').map(([key]) => key);
const names = [...settings].flatMap(([key, { otherKeys = [] }]) => [key, ...otherKeys]);

/** Finds the setting or section of every value. Values come lowest first. */
export function assignValues(values: readonly ConfiguredValue[], sections: readonly OwnSection[]): AssignedValues {
  const assigned = new Map<string, ConfiguredValue>();
  const trees = new Map(sections.map((section) => [section, { tree: new ValueTree(), shape: SchemaShape.of(section.schema) }]));
  const unknown = new UnknownKeys(sections);
  for (const value of values) {
    const section = sections.find(({ name }) => relaxed(name) === relaxed(value.path[0] ?? ''));
    const key = keys.get(relaxedKey(value.path)) ?? mapKey(value.path);
    if (section !== undefined) {
      const { tree, shape } = trees.get(section) ?? { tree: new ValueTree(), shape: SchemaShape.of(section.schema) };
      const misplaced = tree.place(value.path.slice(1), value, shape);
      if (misplaced !== undefined) unknown.addIn([section.name, ...misplaced.above], value, misplaced.names);
    } else if (key !== undefined) {
      assigned.set(key, value);
    } else {
      unknown.add(value);
    }
  }
  const { problems, warnings } = unknown;
  return { settings: assigned, sections: new Map(Array.from(trees, ([section, { tree }]) => [section, tree])), problems, warnings };
}

/** The whole key of a value of a map, whose names are kept as they are written; a variable's are in lower case. */
function mapKey(path: readonly string[]): string | undefined {
  for (const key of maps) {
    const length = key.split('.').length;
    if (path.length <= length || relaxedKey(path.slice(0, length)) !== relaxedKey(key.split('.'))) continue;
    return `${key}.${path.slice(length).map(camelCase).join('.')}`;
  }
  return undefined;
}

class UnknownKeys {
  readonly problems: StatefunError[] = [];
  readonly warnings: StatefunError[] = [];
  readonly #sections: readonly OwnSection[];
  /** Unknown first levels, each reported once per source. */
  readonly #said = new Set<string>();

  constructor(sections: readonly OwnSection[]) {
    this.#sections = sections;
  }

  /** A key below a section whose schema has no property for it. */
  addIn(above: readonly string[], { path, origin }: ConfiguredValue, properties: readonly string[]): void {
    const level = path[above.length] ?? '';
    const nearest = nearestName(camelCase(level), properties);
    const known = properties.length === 0 ? '' : ` There are: ${properties.join(', ')}.`;
    const hint =
      nearest === undefined ? `${above.join('.')} has no such key.${known}` : `Did you mean ${[...above, nearest].join('.')}?${known}`;
    this.problems.push(unknownKey([...above, level].join('.'), origin, hint));
  }

  add(value: ConfiguredValue): void {
    const { path, origin, layer } = value;
    const isVariable = layer === 'environment' || layer === 'env-file';
    const key = isVariable ? path.map((level) => level.toLowerCase().replace(/_/g, '-')).join('.') : path.join('.');
    const below = names.filter((name) => relaxedKey(name.split('.')).startsWith(`${relaxedKey(path)}.`));
    if (below.length > 0) {
      // An empty section sets nothing.
      if (isRecord(value.value) && Object.keys(value.value).length === 0) return;
      const summary = `${key} (${origin}) is a section, not a setting.`;
      const hint = `Name one of its settings: ${below.slice(0, 5).join(', ')}${below.length > 5 ? ', …' : ''}.`;
      this.problems.push(new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { facts: { key, origin }, hint }));
    } else if (isVariable && path.length === 1) {
      this.#addFlatVariable(key, origin);
    } else {
      this.#addKey(key, path, value);
    }
  }

  /**
   * A variable of a single level is often somebody else's: Kubernetes sets `STATEFUN_SERVICE_HOST` where a service is called statefun. One
   * that lacks only the second underscore between its levels is ours.
   */
  #addFlatVariable(key: string, origin: string): void {
    const meant = names.find((name) => relaxed(name.replaceAll('.', '')) === relaxed(key));
    if (meant !== undefined) this.problems.push(unknownKey(key, origin, `Levels are separated by two underscores: ${variableOf(meant)}.`));
    else this.warnings.push(unknownKey(key, origin, this.#suggest(key)));
  }

  #addKey(key: string, path: readonly string[], { origin, layer }: ConfiguredValue): void {
    const first = relaxed(path[0] ?? '');
    if (names.some((name) => relaxed(name.split('.')[0] ?? '') === first)) {
      this.problems.push(unknownKey(key, origin, this.#suggest(key)));
      return;
    }
    const suggestion = nearestName(key, this.#known());
    if (suggestion === undefined) {
      // All keys below an undeclared section are unknown, too, so it is reported once.
      if (this.#said.has(`${layer} ${first}`)) return;
      this.#said.add(`${layer} ${first}`);
    }
    this.problems.push(unknownKey(suggestion === undefined ? (path[0] ?? '') : key, origin, this.#suggest(key)));
  }

  #suggest(key: string): string {
    const nearest = nearestName(key, this.#known()) ?? nearestName(key.split('.')[0] ?? '', this.#known());
    if (nearest !== undefined) return `Did you mean ${nearest}?`;
    return 'docs/configuration.md lists the settings; list your own with configuration(name, schema) under `configuration` of the application or a module.';
  }

  #known(): readonly string[] {
    return [...names, ...this.#sections.map(({ name }) => name)];
  }
}

function unknownKey(key: string, origin: string, hint: string): StatefunError {
  return new StatefunError('CONFIGURATION_KEY_UNKNOWN', `there is no setting ${key} (${origin}).`, { facts: { key, origin }, hint });
}
