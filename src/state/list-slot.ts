import { StatefunError } from '../shared/errors.ts';
import { Entry, type Held } from './entry.ts';
import { listEntryKey } from './entry-key.ts';
import { Slot, type Kept, type Prepared } from './slot.ts';

/** The slot of a persisted list. Items are stored by position, which is the stamp of their entries. */
export class ListSlot<T> extends Slot<T> {
  readonly kind = 'list';
  /** The items, and behind them removed ones that the store still has. */
  readonly #entries: Entry[] = [];
  #length = 0;
  #view: readonly T[] | undefined;
  /** Where the last search ended. */
  #cursor = 0;

  get length(): number {
    return this.#length;
  }

  view(): readonly T[] {
    return (this.#view ??= Object.freeze(this.#items().map((entry) => this.read(entry))));
  }

  append(items: readonly T[]): void {
    if (items.length === 0) return;
    const prepared = items.map((item) => this.prepare(item, 0));
    this.attempts.resize(sizeOf(prepared), this.name);
    this.#view = undefined;
    for (const item of prepared) this.#assignAt(this.#length, item);
  }

  replaceWith(items: readonly T[]): void {
    if (items.length === 0 && this.#length === 0) return;
    const prepared = items.map((item) => this.prepare(item, 0));
    this.attempts.resize(sizeOf(prepared) - sizeOf(this.#items()), this.name);
    this.#view = undefined;
    prepared.forEach((item, position) => this.#assignAt(position, item));
    for (const entry of this.#entries.slice(prepared.length, this.#length)) {
      this.attempts.touch(entry);
      entry.remove();
    }
    this.#length = prepared.length;
  }

  override load(rest: string, value: Uint8Array): void {
    const entry = new Entry(this, Number(rest));
    this.#entries[entry.stamp] = entry;
    this.loadEntry(entry, value);
    this.#length += 1;
  }

  override loaded(): void {
    if (this.#entries.length === this.#length) return;
    const summary = `the store has ${this.#length} items of list "${this.name}", but the last one is at position ${this.#entries.length - 1}.`;
    throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: this.name } });
  }

  override storedKey({ stamp }: Entry): string {
    return listEntryKey(this.name, stamp);
  }

  override storedValue(encoded: string | Uint8Array): string | Uint8Array {
    return encoded;
  }

  override restore(entry: Entry, before: Held): void {
    entry.restore(before);
    this.#view = undefined;
    this.#length = entry.removed ? Math.min(this.#length, entry.stamp) : Math.max(this.#length, entry.stamp + 1);
  }

  override forget(): void {
    const entries = this.#entries;
    while (entries.length > this.#length && entries.at(-1)?.gone === true) entries.pop();
  }

  override entryOf(value: object): Entry | undefined {
    // The next item is by far the likeliest, and a list can be long.
    for (let steps = 0, position = this.#cursor; steps < searchMax && steps < this.#length; steps++, position++) {
      if (position >= this.#length) position = 0;
      const entry = this.#entries[position];
      if (entry?.value !== value) continue;
      this.#cursor = position + 1;
      return entry;
    }
    this.#cursor = 0;
    return undefined;
  }

  override current(): Iterable<Entry> {
    return this.#items();
  }

  override get count(): number {
    return this.#length;
  }

  protected override toSnapshot(kept: readonly Kept[]): readonly T[] {
    return kept.map(({ held }) => this.read(held));
  }

  #items(): Entry[] {
    return this.#entries.slice(0, this.#length);
  }

  #assignAt(position: number, item: Prepared): void {
    const entry = (this.#entries[position] ??= new Entry(this, position));
    this.assign(entry, item);
    this.#length = Math.max(this.#length, position + 1);
  }
}

/** Entries that are passed over while searching for a value. */
const searchMax = 32;

function sizeOf(items: readonly { readonly sizeBytes: number }[]): number {
  return items.reduce((sizeBytes, item) => sizeBytes + item.sizeBytes, 0);
}
