import { StatefunError, describe } from '../shared/errors.ts';
import { Entry, type Held } from './entry.ts';
import { tableEntryKey } from './entry-key.ts';
import { EntryTable, hashOf } from './entry-table.ts';
import { ownTableKeyBytesMax, tableEntriesMax, tableKeyBytesMax } from './limits.ts';
import type { Kept } from './slot.ts';
import { parseStamp, withStamp } from './stamp.ts';

/** The slot of a persisted table. Every entry has a stamp, assigned when its key is first set; rising stamps are the order of the table. */
export class TableSlot<T> extends EntryTable<T> {
  readonly kind = 'table';
  /** Removed entries that the next capture writes, or that the open attempt has removed. A key that is set again gets its entry back. */
  #removed: Map<string, Entry> | undefined;
  #nextStamp = 0;
  /** The attempt that last took a stamp, and the next stamp before it. */
  #stampedBy = 0;
  #nextStampBefore = 0;
  /** Where the last search of a value ended. */
  #cursor = 0;
  #search: Iterator<Entry> | undefined;

  has(key: string): boolean {
    ensureKey(key, this.name);
    return this.find(key) !== undefined;
  }

  get(key: string): T | undefined {
    ensureKey(key, this.name);
    const entry = this.find(key);
    return entry === undefined ? undefined : this.read(entry);
  }

  set(key: string, value: T): void {
    ensureKey(key, this.name);
    const known = this.find(key);
    // Held values are frozen, so the same object is the same value.
    if (known?.value !== undefined && Object.is(known.value, value)) return;
    if (known === undefined && this.size >= tableEntriesMax) {
      const summary = `table "${this.name}" already holds ${tableEntriesMax} entries; ${describe(key)} is not among them.`;
      throw new StatefunError('STATE_TABLE_FULL', summary, { facts: { cell: this.name, key, entriesMax: tableEntriesMax } });
    }
    const prepared = this.prepare(value, key.length);
    // A getter of the value may have set or removed the key.
    const current = known?.removed === false ? known : this.find(key);
    this.attempts.resize(prepared.sizeBytes - (current?.sizeBytes ?? 0), this.name);
    if (current !== undefined) {
      this.assign(current, prepared);
      return;
    }
    const entry = this.#removed?.get(key) ?? new Entry(this, 0, key, hashOf(key));
    this.#drop(key);
    this.assign(entry, prepared);
    entry.stamp = this.#takeStamp();
    this.add(entry);
  }

  remove(key: string): boolean {
    ensureKey(key, this.name);
    const entry = this.find(key);
    if (entry === undefined) return false;
    this.clearEntry(entry);
    this.delete(entry);
    this.#keepRemoved(entry);
    return true;
  }

  clear(): void {
    for (const { key } of [...this.current()]) this.remove(key);
  }

  override load(rest: string, value: Uint8Array): void {
    const { stamp, start } = parseStamp(value, this.name);
    const entry = new Entry(this, stamp, rest, hashOf(rest));
    this.loadEntry(entry, value.subarray(start));
    this.add(entry);
    this.#nextStamp = Math.max(this.#nextStamp, stamp + 1);
  }

  override loaded(): void {
    // A map is sorted only for iteration: many handlers only look up keys.
  }

  override storedKey({ key }: Entry): string {
    return tableEntryKey(this.name, key);
  }

  override storedValue(encoded: string | Uint8Array, stamp: number): string | Uint8Array {
    return withStamp(stamp, encoded);
  }

  override restore(entry: Entry, before: Held): void {
    const isMoved = entry.removed !== before.removed || entry.stamp !== before.stamp;
    if (isMoved && !entry.removed) this.delete(entry);
    entry.restore(before);
    if (isMoved) {
      this.#drop(entry.key);
      if (entry.removed) this.#keepRemoved(entry);
      else this.add(entry);
    }
    if (this.#stampedBy === this.attempts.count) this.#nextStamp = this.#nextStampBefore;
  }

  override forget(entry: Entry): void {
    if (this.#removed?.get(entry.key) === entry) this.#drop(entry.key);
  }

  override entryOf(value: object): Entry | undefined {
    const { list } = this;
    if (list === undefined) return Object.isFrozen(value) ? this.#searchMap(value) : undefined;
    // The values of a table are mostly asked for in their order.
    for (let steps = 0, index = this.#cursor; steps < list.length; steps++, index++) {
      if (index >= list.length) index = 0;
      const entry = list[index];
      if (entry?.value !== value) continue;
      this.#cursor = index + 1;
      return entry;
    }
    return undefined;
  }

  override current(): Iterable<Entry> {
    return this.list ?? this.map.values();
  }

  override get count(): number {
    return this.size;
  }

  protected override toSnapshot(kept: readonly Kept[]): Record<string, T> {
    return Object.fromEntries(kept.map(({ key, held }) => [key, this.read(held)]));
  }

  /** Looks at a few entries behind the last one that was found; after the last entry, the first one follows. */
  #searchMap(value: object): Entry | undefined {
    for (let steps = 0; steps < searchMax; steps++) {
      const step = (this.#search ??= this.map.values()).next();
      if (step.done === true) this.#search = undefined;
      else if (step.value.value === value) return step.value;
    }
    this.#search = undefined;
    return undefined;
  }

  #takeStamp(): number {
    const { count } = this.attempts;
    if (this.#stampedBy !== count) {
      this.#stampedBy = count;
      this.#nextStampBefore = this.#nextStamp;
    }
    return this.#nextStamp++;
  }

  #keepRemoved(entry: Entry): void {
    (this.#removed ??= new Map<string, Entry>()).set(entry.key, entry);
  }

  #drop(key: string): void {
    if (this.#removed?.delete(key) === true && this.#removed.size === 0) this.#removed = undefined;
  }
}

/** Entries of a larger table that are passed over while searching for a value. */
const searchMax = 32;

/** A number would be another key after a reload. A key too long for the store would stop the engine at its commit. */
function ensureKey(key: unknown, cell: string): void {
  if (typeof key === 'string' && key.length <= shortKeyLength) return;
  const bytesMax = cell.startsWith('$') ? ownTableKeyBytesMax : tableKeyBytesMax;
  if (typeof key === 'string' && writtenBytes(key) <= bytesMax) return;
  const what = typeof key === 'string' ? `a text of ${writtenBytes(key)} bytes` : describe(key);
  throw new StatefunError('STATE_KEY_INVALID', `${what} cannot be a key of table "${cell}".`, { facts: { cell } });
}

/** A character takes at most six bytes, so a key of this length fits every table. */
const shortKeyLength = Math.floor(Math.min(tableKeyBytesMax, ownTableKeyBytesMax) / 6);

/** Returns the bytes of a key as entry-key.ts writes it: lone surrogates are escaped, with six bytes each. */
function writtenBytes(key: string): number {
  return Buffer.byteLength(key.isWellFormed() ? key : JSON.stringify(key));
}
