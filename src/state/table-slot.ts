import { StatefunError, describe } from '../shared/errors.ts';
import { Change } from './change.ts';
import { tableEntryKey } from './entry-key.ts';
import { encodeHeld, hold, holdEncoded, readHeld, type Held } from './held.ts';
import { ownTableKeyBytesMax, tableEntriesMax, tableKeyBytesMax } from './limits.ts';
import { Slot } from './slot.ts';
import { parseStamp, withStamp } from './stamp.ts';
import type { StateChange } from './state-entry.ts';

/**
 * The slot of a persisted table. Every entry has a stamp, assigned when its key is first set; rising stamps are the order of the table. The map has
 * that order, except after loading and after a discarded removal: then the next iteration restores it.
 */
export class TableSlot<T> extends Slot<T> {
  readonly kind = 'table';
  #entries: Map<string, Held<T>> | undefined;
  #changes: Map<string, Change<T>> | undefined;
  #isOrdered = true;
  #nextStamp = 0;
  /** State of the table before the first change of the open attempt. */
  #touchedKeys: string[] | undefined;
  #sizeBefore = 0;
  #nextStampBefore = 0;

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  has(key: string): boolean {
    ensureKey(key, this.name);
    return this.#entries?.has(key) === true;
  }

  get(key: string): T | undefined {
    ensureKey(key, this.name);
    const held = this.#entries?.get(key);
    return held === undefined ? undefined : this.read(held);
  }

  set(key: string, value: T): void {
    ensureKey(key, this.name);
    const current = this.#entries?.get(key);
    // Held values are frozen, so the same object is the same value.
    if (current?.value !== undefined && Object.is(current.value, value)) return;
    if (current === undefined && this.size >= tableEntriesMax) {
      const summary = `table "${this.name}" already holds ${tableEntriesMax} entries; ${describe(key)} is not among them.`;
      throw new StatefunError('STATE_TABLE_FULL', summary, { facts: { cell: this.name, key, entriesMax: tableEntriesMax } });
    }
    const held = hold(value, this.type, this.name, this.name.length + key.length, current?.stamp ?? this.#nextStamp);
    this.attempts.resize(held.sizeBytes - (current?.sizeBytes ?? 0), this.name);
    this.#touch(key, current);
    if (current === undefined) this.#nextStamp += 1;
    (this.#entries ??= new Map()).set(key, held);
  }

  remove(key: string): boolean {
    ensureKey(key, this.name);
    const current = this.#entries?.get(key);
    if (current === undefined) return false;
    this.attempts.resize(-current.sizeBytes, this.name);
    this.#touch(key, current);
    this.#entries?.delete(key);
    return true;
  }

  clear(): void {
    for (const key of this.#entries?.keys() ?? []) this.remove(key);
  }

  /** Returns the entries in order. Like those of a Map, they follow changes during iteration. */
  entries(): Iterable<[string, Held<T>]> {
    if (!this.#isOrdered) this.#order();
    return this.#entries ?? [];
  }

  read(held: Held<T>): T {
    return readHeld(held, this.type, this.name);
  }

  override load(rest: string, value: Uint8Array): void {
    const { stamp, start } = parseStamp(value, this.name);
    const held = holdEncoded<T>(value.subarray(start), this.name.length + rest.length, stamp);
    (this.#entries ??= new Map()).set(rest, held);
    this.attempts.bytes += held.sizeBytes;
    this.#isOrdered &&= stamp >= this.#nextStamp;
    this.#nextStamp = Math.max(this.#nextStamp, stamp + 1);
  }

  override loaded(): void {
    // Sorted only for iteration: many handlers only look up keys.
  }

  override keep(): void {
    this.#touchedKeys = undefined;
  }

  override discard(): void {
    const { count } = this.attempts;
    for (const key of this.#touchedKeys ?? []) {
      const change = this.#changes?.get(key);
      if (change?.attempt !== count) continue;
      this.#restore(key, change.before);
      if (change.since === count) this.#changes?.delete(key);
    }
    if (this.#touchedKeys !== undefined) this.#nextStamp = this.#nextStampBefore;
    this.#touchedKeys = undefined;
  }

  override capture(changes: StateChange[]): void {
    const captured = this.#changes;
    if (captured === undefined) return;
    // A new map for the changes of the open attempt: removing entries from the old one is slower.
    this.#changes = undefined;
    for (const [key, change] of captured) {
      const staged = this.#isStaged(change);
      if (staged) (this.#changes ??= new Map()).set(key, change);
      if (staged && change.since === change.attempt) continue;
      const kept = staged ? change.before : this.#entries?.get(key);
      if (kept !== undefined) {
        changes.push({ key: tableEntryKey(this.name, key), value: withStamp(kept.stamp, encodeHeld(kept, this.type)) });
      } else if (change.stored) {
        changes.push({ key: tableEntryKey(this.name, key), value: undefined });
      }
      if (staged) change.captured();
    }
  }

  override keptSnapshot(): Record<string, T> | undefined {
    const kept = new Map(this.#entries);
    for (const [key, change] of this.#changes ?? []) {
      if (!this.#isStaged(change)) continue;
      if (change.before === undefined) kept.delete(key);
      else kept.set(key, change.before);
    }
    if (kept.size === 0) return undefined;
    const ordered = [...kept].sort(([, left], [, right]) => left.stamp - right.stamp);
    return Object.fromEntries(ordered.map(([key, held]) => [key, this.read(held)]));
  }

  override get keptCount(): number {
    return this.attempts.open && this.#touchedKeys !== undefined ? this.#sizeBefore : this.size;
  }

  /** Returns whether the open attempt made the last change. */
  #isStaged(change: Change<T>): boolean {
    return this.attempts.open && change.attempt === this.attempts.count;
  }

  #touch(key: string, current: Held<T> | undefined): void {
    const { count } = this.attempts;
    this.attempts.changed = true;
    if (this.#touchedKeys === undefined) {
      this.#touchedKeys = [];
      this.#sizeBefore = this.size;
      this.#nextStampBefore = this.#nextStamp;
    }
    const changes = (this.#changes ??= new Map<string, Change<T>>());
    const change = changes.get(key);
    if (change?.attempt === count) return;
    this.#touchedKeys.push(key);
    if (change === undefined) changes.set(key, new Change(count, current));
    else change.touch(count, current);
  }

  #restore(key: string, before: Held<T> | undefined): void {
    if (before === undefined) {
      this.#entries?.delete(key);
      return;
    }
    // A removed key returns at the end of the map, even when the attempt set it again.
    if (this.#entries?.get(key)?.stamp !== before.stamp) this.#isOrdered = false;
    this.#entries?.set(key, before);
  }

  #order(): void {
    this.#entries = new Map([...(this.#entries ?? [])].sort(([, left], [, right]) => left.stamp - right.stamp));
    this.#isOrdered = true;
  }
}

/** A number would be another key after a reload. A key too long for the store would stop the engine at its commit. */
function ensureKey(key: unknown, cell: string): void {
  const bytesMax = cell.startsWith('$') ? ownTableKeyBytesMax : tableKeyBytesMax;
  if (typeof key === 'string' && (key.length <= bytesMax / 6 || writtenBytes(key) <= bytesMax)) return;
  const what = typeof key === 'string' ? `a text of ${writtenBytes(key)} bytes` : describe(key);
  throw new StatefunError('STATE_KEY_INVALID', `${what} cannot be a key of table "${cell}".`, { facts: { cell } });
}

/** Returns the bytes of a key as entry-key.ts writes it: lone surrogates are escaped, with six bytes each. */
function writtenBytes(key: string): number {
  return Buffer.byteLength(key.isWellFormed() ? key : JSON.stringify(key));
}
