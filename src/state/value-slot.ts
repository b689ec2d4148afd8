import { Change } from './change.ts';
import { valueEntryKey } from './entry-key.ts';
import { encodeHeld, hold, holdEncoded, readHeld, type Held } from './held.ts';
import { Slot } from './slot.ts';
import type { StateChange } from './state-entry.ts';

/** The slot of a persisted value. */
export class ValueSlot<T> extends Slot<T> {
  readonly kind = 'value';
  #current: Held<T> | undefined;
  #change: Change<T> | undefined;

  get exists(): boolean {
    return this.#current !== undefined;
  }

  get(): T | undefined {
    return this.#current === undefined ? undefined : readHeld(this.#current, this.type, this.name);
  }

  getOrDefault(fallback: T | (() => T)): T {
    if (this.#current !== undefined) return readHeld(this.#current, this.type, this.name);
    // Safe: no type stores functions, so a function creates the fallback.
    return this.type.ensure(typeof fallback === 'function' ? (fallback as () => T)() : fallback);
  }

  set(value: T | undefined): void {
    const current = this.#current;
    // Held values are frozen, so the same object is the same value.
    if (current === undefined ? value === undefined : current.value !== undefined && Object.is(current.value, value)) return;
    const next = value === undefined ? undefined : hold(value, this.type, this.name, this.name.length, 0);
    this.attempts.resize((next?.sizeBytes ?? 0) - (current?.sizeBytes ?? 0), this.name);
    const { count } = this.attempts;
    if (this.#change === undefined) this.#change = new Change(count, current);
    else this.#change.touch(count, current);
    this.attempts.changed = true;
    this.#current = next;
  }

  override load(_rest: string, value: Uint8Array): void {
    this.#current = holdEncoded(value, this.name.length, 0);
    this.attempts.bytes += this.#current.sizeBytes;
  }

  override loaded(): void {
    // There is at most one entry, so nothing to sort.
  }

  override keep(): void {
    // The change stays until it is captured.
  }

  override discard(): void {
    const change = this.#change;
    if (change?.attempt !== this.attempts.count) return;
    this.#current = change.before;
    if (change.since === change.attempt) this.#change = undefined;
  }

  override capture(changes: StateChange[]): void {
    const change = this.#change;
    if (change === undefined) return;
    const staged = this.#isStaged(change);
    if (staged && change.since === change.attempt) return;
    const kept = this.#kept;
    if (kept !== undefined) changes.push({ key: valueEntryKey(this.name), value: encodeHeld(kept, this.type) });
    else if (change.stored) changes.push({ key: valueEntryKey(this.name), value: undefined });
    if (staged) change.captured();
    else this.#change = undefined;
  }

  override keptSnapshot(): T | undefined {
    const kept = this.#kept;
    return kept === undefined ? undefined : readHeld(kept, this.type, this.name);
  }

  override get keptCount(): number {
    return this.#kept === undefined ? 0 : 1;
  }

  get #kept(): Held<T> | undefined {
    const change = this.#change;
    return change !== undefined && this.#isStaged(change) ? change.before : this.#current;
  }

  /** Returns whether the open attempt made the last change. */
  #isStaged(change: Change<T>): boolean {
    return this.attempts.open && change.attempt === this.attempts.count;
  }
}
