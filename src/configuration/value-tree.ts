import { isRecord, type ConfiguredValue } from './configured-value.ts';
import { camelCase, relaxed } from './key-path.ts';
import type { SchemaShape } from './schema-shape.ts';

/** A value without a property in a closed shape. */
export interface MisplacedValue {
  readonly value: ConfiguredValue;
  /** The known names at its level. */
  readonly names: readonly string[];
  /** The levels above. */
  readonly above: readonly string[];
}

/** The values of one section by level. A value of a higher layer replaces everything at and below its key. */
export class ValueTree<V extends ConfiguredValue = ConfiguredValue> {
  readonly #children = new Map<string, ValueTree<V>>();
  #leaf: V | undefined;

  /** Adds a value, lower layers first. Returns the value if the shape has no place for it. */
  place(path: readonly string[], value: V, shape: SchemaShape, above: readonly string[] = []): MisplacedValue | undefined {
    const [level, ...below] = path;
    if (level === undefined) {
      this.#children.clear();
      // An object without fields keeps the fields that lower layers have set.
      this.#leaf = isRecord(value.value) && Object.keys(value.value).length === 0 ? undefined : value;
      return undefined;
    }
    const name = shape.nameOf(level) ?? (shape.isClosed ? undefined : this.#nameFor(level, value));
    if (name === undefined) return { value, names: shape.names, above };
    this.#leaf = undefined;
    const child = this.#children.get(name) ?? new ValueTree<V>();
    this.#children.set(name, child);
    return child.place(below, value, shape.property(name), [...above, name]);
  }

  /** Returns all values with the names of their levels. */
  leaves(above: readonly string[] = []): readonly { readonly path: readonly string[]; readonly value: V }[] {
    if (this.#leaf !== undefined) return [{ path: above, value: this.#leaf }];
    return [...this.#children].flatMap(([name, child]) => child.leaves([...above, name]));
  }

  /** Returns the values for the schema. */
  toObject(valueOf: (leaf: V) => unknown): unknown {
    if (this.#leaf !== undefined) return valueOf(this.#leaf);
    return Object.fromEntries(Array.from(this.#children, ([name, child]) => [name, child.toObject(valueOf)]));
  }

  /** Returns the name that a variable means: that of a file, since variables show neither case nor where words begin. */
  #nameFor(level: string, { isText }: V): string {
    if (isText !== true || this.#children.has(level)) return level;
    return [...this.#children.keys()].find((name) => relaxed(name) === relaxed(level)) ?? camelCase(level);
  }
}
