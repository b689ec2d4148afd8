import { CellLink, cellLink, type Cell, type CellOptions } from './cell.ts';
import type { Entry } from './entry.ts';
import type { TableSlot } from './table-slot.ts';
import { TableSteps } from './table-steps.ts';

/**
 * A durable table of an address: values by string keys, in the order in which the keys were first set. Every entry is written separately, so a
 * change of one entry of a large table costs one small write. At most 100,000 entries (STATE_TABLE_FULL).
 *
 * As with a Map, entries can be set and removed during iteration. An iterator throws ATTEMPT_ENDED after its attempt.
 */
export class PersistedTable<T> implements Cell {
  /** @internal */
  readonly [cellLink]: CellLink<TableSlot<T>>;

  private constructor(options: CellOptions<unknown> | undefined) {
    this[cellLink] = new CellLink('table', options);
  }

  static of<T>(options?: CellOptions<T>): PersistedTable<T> {
    return new PersistedTable<T>(options);
  }

  /** Returns the value of a key, frozen, or undefined when there is none. */
  get(key: string): T | undefined {
    return this[cellLink].open.get(key);
  }

  /** Sets and freezes the value of a key. An existing key keeps its place in the order. Throws STATE_NOT_SERIALIZABLE, STATE_TABLE_FULL, STATE_TOO_LARGE. */
  set(key: string, value: T): void {
    this[cellLink].open.set(key, value);
  }

  /** Removes a key. Returns whether it existed. */
  delete(key: string): boolean {
    return this[cellLink].open.remove(key);
  }

  has(key: string): boolean {
    return this[cellLink].open.has(key);
  }

  get size(): number {
    return this[cellLink].open.size;
  }

  clear(): void {
    this[cellLink].open.clear();
  }

  entries(): IterableIterator<[string, T]> {
    return new TableSteps(this[cellLink].open, readPair);
  }

  keys(): IterableIterator<string> {
    return new TableSteps(this[cellLink].open, readKey);
  }

  values(): IterableIterator<T> {
    return new TableSteps(this[cellLink].open, readValue);
  }
}

function readPair<T>(slot: TableSlot<T>, entry: Entry): [string, T] {
  return [entry.key, slot.read(entry)];
}

function readKey<T>(_slot: TableSlot<T>, entry: Entry): string {
  return entry.key;
}

function readValue<T>(slot: TableSlot<T>, entry: Entry): T {
  return slot.read(entry);
}
