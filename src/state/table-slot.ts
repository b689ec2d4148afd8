import { StatefunError, describe } from '../shared/errors.ts';
import { Change } from './change.ts';
import { tableEntryKey } from './entry-key.ts';
import { encodeHeld, hold, holdEncoded, readHeld, type Held } from './held.ts';
import { ownTableKeyBytesMax, tableEntriesMax, tableKeyBytesMax } from './limits.ts';
import { Slot } from './slot.ts';
import { parseStamp, withStamp } from './stamp.ts';
import type { StateChange } from './state-entry.ts';

/**
 * The slot of a persisted table. Every entry carries a stamp, given when its key is first set; rising stamps are the order of the table.
 * The map is in that order except after loading and after a discarded removal: then the next iteration puts it in order.
 */
export class TableSlot<T> extends Slot<T> {
  readonly kind = 'table';
  #entries: Map<string, Held<T>> | undefined;
  #changes: Map<string, Change<T>> | undefined;
  #isOrdered = true;
  #nextStamp = 0;
  /** Of the attempt under way, all as they were when it first changed the table. */
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
    // What is held is frozen: the same object is the same value.
    if (current?.value !== undefined && Object.is(current.value, value)) return;
    if (current === undefined && this.size >= tableEntriesMax) {
      const summary = `table "${this.name}" holds ${tableEntriesMax} entries already; ${describe(key)} is not among them.`;
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

  /** The entries in order, live as those of a Map. */
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
    // Put in order when it is first iterated: many handlers only look up keys.
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
    // A map of its own for what the attempt under way has changed: emptying the old one entry by entry is slower.
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

  /** Whether the last change is the attempt's under way. */
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
    // A key that was removed comes back at the end of the map, also when the attempt set it again.
    if (this.#entries?.get(key)?.stamp !== before.stamp) this.#isOrdered = false;
    this.#entries?.set(key, before);
  }

  #order(): void {
    this.#entries = new Map([...(this.#entries ?? [])].sort(([, left], [, right]) => left.stamp - right.stamp));
    this.#isOrdered = true;
  }
}

/** A number would be another key after a reload. A key that no record can hold would stop the engine at its commit. */
function ensureKey(key: unknown, cell: string): void {
  const bytesMax = cell.startsWith('$') ? ownTableKeyBytesMax : tableKeyBytesMax;
  if (typeof key === 'string' && (key.length <= bytesMax / 6 || writtenBytes(key) <= bytesMax)) return;
  const what = typeof key === 'string' ? `a text of ${writtenBytes(key)} bytes` : describe(key);
  throw new StatefunError('STATE_KEY_INVALID', `${what} cannot be a key of table "${cell}".`, { facts: { cell } });
}

/** As entry-key.ts writes it: a key with half of a surrogate pair is escaped, six bytes for each such half. */
function writtenBytes(key: string): number {
  return Buffer.byteLength(key.isWellFormed() ? key : JSON.stringify(key));
}
