import { CellLink, cellLink, type Cell, type CellOptions } from './cell.ts';
import type { ValueSlot } from './value-slot.ts';

/**
 * A durable value of an address. `get` returns it frozen; only `set` changes what is stored, and freezes the new value.
 *
 * ```ts
 * @Persisted() private readonly seen = PersistedValue.of<number>();
 * ```
 */
export class PersistedValue<T> implements Cell {
  /** @internal */
  readonly [cellLink]: CellLink<ValueSlot<T>>;

  private constructor(options: CellOptions<unknown> | undefined) {
    this[cellLink] = new CellLink('value', options);
  }

  static of<T>(options?: CellOptions<T>): PersistedValue<T> {
    return new PersistedValue<T>(options);
  }

  /** Returns the value, frozen, or undefined when there is none. */
  get(): T | undefined {
    return this[cellLink].open.get();
  }

  /** Returns the value, or the fallback when there is none. The fallback is checked and frozen like a value, but not stored. */
  getOrDefault(fallback: T | (() => T)): T {
    return this[cellLink].open.getOrDefault(fallback);
  }

  /** Replaces the value and freezes the new one. `undefined` removes it; `null` is an ordinary value. Throws STATE_NOT_SERIALIZABLE, STATE_TOO_LARGE. */
  set(value: T | undefined): void {
    this[cellLink].open.set(value);
  }

  /** Sets the value that the function returns for the current one, and returns it. */
  update(change: (current: T | undefined) => T | undefined): T | undefined {
    const slot = this[cellLink].open;
    slot.set(change(slot.get()));
    return slot.get();
  }

  clear(): void {
    this[cellLink].open.set(undefined);
  }

  exists(): boolean {
    return this[cellLink].open.exists;
  }
}
