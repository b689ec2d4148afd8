import { StatefunError } from '../shared/errors.ts';
import { listEntryKey } from './entry-key.ts';
import { encodeHeld, hold, holdEncoded, readHeld, type Held } from './held.ts';
import { Slot } from './slot.ts';
import type { StateChange } from './state-entry.ts';

/** State of the list before the first change of the open attempt. */
interface Before<T> {
  readonly items: Held<T>[];
  readonly length: number;
  written: number;
}

/**
 * The slot of a persisted list. Items are stored by position. The open attempt appends to the array in place, and uses a new array when it replaces
 * all items, so cutting the old array to its old length undoes everything.
 */
export class ListSlot<T> extends Slot<T> {
  readonly kind = 'list';
  #items: Held<T>[] = [];
  /** Number of items at the front that are equal in the store. */
  #written = 0;
  /** Number of items in the store. The next capture overwrites or removes those from #written on. */
  #stored = 0;
  #before: Before<T> | undefined;
  #view: readonly T[] | undefined;

  get length(): number {
    return this.#items.length;
  }

  view(): readonly T[] {
    return (this.#view ??= Object.freeze(this.#read(this.#items)));
  }

  append(items: readonly T[]): void {
    if (items.length === 0) return;
    const held = this.#hold(items);
    this.attempts.resize(sizeOf(held), this.name);
    this.#touch();
    for (const item of held) this.#items.push(item);
  }

  replaceWith(items: readonly T[]): void {
    if (items.length === 0 && this.#items.length === 0) return;
    const held = this.#hold(items);
    this.attempts.resize(sizeOf(held) - sizeOf(this.#items), this.name);
    this.#touch();
    this.#items = held;
    this.#written = 0;
  }

  override load(rest: string, value: Uint8Array): void {
    const held = holdEncoded<T>(value, this.name.length, 0);
    this.#items[Number(rest)] = held;
    this.#stored += 1;
    this.attempts.bytes += held.sizeBytes;
  }

  override loaded(): void {
    if (this.#items.length !== this.#stored) {
      const summary = `the store has ${this.#stored} items of list "${this.name}", but the last one is at position ${this.#items.length - 1}.`;
      throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell: this.name } });
    }
    this.#written = this.#stored;
  }

  override keep(): void {
    this.#before = undefined;
  }

  override discard(): void {
    const before = this.#before;
    if (before === undefined) return;
    this.#items = before.items;
    this.#items.length = before.length;
    this.#written = before.written;
    this.#before = undefined;
    this.#view = undefined;
  }

  override capture(changes: StateChange[]): void {
    const { items, length, written } = this.#before ?? { items: this.#items, length: this.#items.length, written: this.#written };
    for (let position = written; position < length; position++) {
      const held = items[position];
      if (held !== undefined) changes.push({ key: listEntryKey(this.name, position), value: encodeHeld(held, this.type) });
    }
    for (let position = length; position < this.#stored; position++) {
      changes.push({ key: listEntryKey(this.name, position), value: undefined });
    }
    this.#stored = length;
    if (this.#before === undefined || this.#before.items === this.#items) this.#written = length;
    if (this.#before !== undefined) this.#before.written = length;
  }

  override keptSnapshot(): readonly T[] | undefined {
    const count = this.keptCount;
    return count === 0 ? undefined : this.#read((this.#before?.items ?? this.#items).slice(0, count));
  }

  override get keptCount(): number {
    return this.#before?.length ?? this.#items.length;
  }

  #hold(items: readonly T[]): Held<T>[] {
    return items.map((item) => hold(item, this.type, this.name, this.name.length, 0));
  }

  #read(items: readonly Held<T>[]): T[] {
    return items.map((held) => readHeld(held, this.type, this.name));
  }

  #touch(): void {
    this.attempts.changed = true;
    this.#view = undefined;
    this.#before ??= { items: this.#items, length: this.#items.length, written: this.#written };
  }
}

function sizeOf(items: readonly Held<unknown>[]): number {
  return items.reduce((sizeBytes, held) => sizeBytes + held.sizeBytes, 0);
}
