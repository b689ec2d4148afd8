import { attemptEnded } from './cell.ts';
import type { Entry } from './entry.ts';
import type { TableSlot } from './table-slot.ts';

/**
 * An iterator over the entries of a table. As with a Map, entries that are removed before their turn are left out, and entries that are set
 * meanwhile follow at the end.
 *
 * A key that is set for the first time, or again after its removal, has a higher stamp than all others. So the next entry is always the first
 * one with a higher stamp than the last.
 */
export class TableSteps<T, R> implements IterableIterator<R> {
  readonly #slot: TableSlot<T>;
  readonly #attempt: number;
  readonly #read: (slot: TableSlot<T>, entry: Entry) => R;
  #lastStamp = -1;
  #index = 0;
  #map: ReadonlyMap<string, Entry> | undefined;
  #entries: Iterator<Entry> | undefined;
  #done = false;

  constructor(slot: TableSlot<T>, read: (slot: TableSlot<T>, entry: Entry) => R) {
    this.#slot = slot;
    this.#attempt = slot.attempts.count;
    this.#read = read;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Throws ATTEMPT_ENDED after the attempt. */
  next(): IteratorResult<R, undefined> {
    if (this.#done) return { value: undefined, done: true };
    const { attempts, name } = this.#slot;
    if (!attempts.open || attempts.count !== this.#attempt) throw attemptEnded('table', name, attempts.address);
    const { list } = this.#slot;
    const entry = list === undefined ? this.#nextInMap() : this.#nextInList(list);
    if (entry === undefined) return this.return();
    this.#lastStamp = entry.stamp;
    return { value: this.#read(this.#slot, entry), done: false };
  }

  /** Ends the iteration. */
  return(): IteratorResult<R, undefined> {
    this.#done = true;
    this.#map = undefined;
    this.#entries = undefined;
    return { value: undefined, done: true };
  }

  #nextInList(list: readonly Entry[]): Entry | undefined {
    // Entries before the index may have been removed.
    if (this.#index > 0 && list[this.#index - 1]?.stamp !== this.#lastStamp) {
      this.#index = list.findIndex(({ stamp }) => stamp > this.#lastStamp);
      if (this.#index === -1) return undefined;
    }
    return list[this.#index++];
  }

  #nextInMap(): Entry | undefined {
    const { map } = this.#slot;
    // Another iteration may have put the entries in order, which makes a new map.
    if (map !== this.#map) this.#entries = map.values();
    this.#map = map;
    // The table may have been small when the iteration began: then the map begins with entries that have been seen.
    let step = this.#entries?.next();
    while (step?.done === false && step.value.stamp <= this.#lastStamp) step = this.#entries?.next();
    return step?.done === false ? step.value : undefined;
  }
}
