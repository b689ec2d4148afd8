import { Entry, type Held } from './entry.ts';
import { valueEntryKey } from './entry-key.ts';
import { Slot, type Kept } from './slot.ts';

/** The slot of a persisted value. */
export class ValueSlot<T> extends Slot<T> {
  readonly kind = 'value';
  #entry: Entry | undefined;

  get exists(): boolean {
    return this.#entry?.removed === false;
  }

  get(): T | undefined {
    const entry = this.#entry;
    return entry === undefined || entry.removed ? undefined : this.read(entry);
  }

  getOrDefault(fallback: T | (() => T)): T {
    if (this.#entry?.removed === false) return this.read(this.#entry);
    // Safe: no type stores functions, so a function creates the fallback. The type of the cell checks it.
    return this.type.ensure(typeof fallback === 'function' ? (fallback as () => T)() : fallback) as T;
  }

  set(value: T | undefined): void {
    const entry = this.#entry;
    if (value === undefined) {
      if (entry?.removed === false) this.clearEntry(entry);
      return;
    }
    // Held values are frozen, so the same object is the same value.
    if (entry?.value !== undefined && Object.is(entry.value, value)) return;
    const prepared = this.prepare(value, 0);
    // A getter of the value may have set the cell.
    this.attempts.resize(prepared.sizeBytes - (this.#entry?.sizeBytes ?? 0), this.name);
    this.assign((this.#entry ??= new Entry(this, 0)), prepared);
  }

  override load(_rest: string, value: Uint8Array): void {
    this.loadEntry((this.#entry = new Entry(this, 0)), value);
  }

  override loaded(): void {
    // There is at most one entry, so nothing to sort.
  }

  override storedKey(): string {
    return valueEntryKey(this.name);
  }

  override storedValue(encoded: string | Uint8Array): string | Uint8Array {
    return encoded;
  }

  override restore(entry: Entry, before: Held): void {
    entry.restore(before);
  }

  override forget(): void {
    this.#entry = undefined;
  }

  override entryOf(value: object): Entry | undefined {
    return this.#entry?.value === value ? this.#entry : undefined;
  }

  override current(): Iterable<Entry> {
    return this.#entry?.removed === false ? [this.#entry] : [];
  }

  override get count(): number {
    return this.exists ? 1 : 0;
  }

  protected override toSnapshot([kept]: readonly Kept[]): T | undefined {
    return kept === undefined ? undefined : this.read(kept.held);
  }
}
