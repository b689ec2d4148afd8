import { CellLink, cellLink, type Cell, type CellOptions } from './cell.ts';
import type { ValueSlot } from './value-slot.ts';

/**
 * One durable value of an address. Assignment is what persists: what `get` answers is frozen, `set` takes the next one and freezes it.
 *
 * ```ts
 * @Persisted() private readonly seen = PersistedValue.of<number>();
 * ```
 */
export class PersistedValue<T> implements Cell {
  /** @internal */
  readonly [cellLink]: CellLink<ValueSlot<T>>;

  private constructor(options: CellOptions<unknown>) {
    this[cellLink] = new CellLink('value', options);
  }

  static of<T>(options: CellOptions<T> = {}): PersistedValue<T> {
    return new PersistedValue<T>(options);
  }

  /** The value, frozen; undefined when there is none. */
  get(): T | undefined {
    return this[cellLink].open.get();
  }

  /** The value, or the fallback, which is checked and frozen like a value and is not stored. */
  getOrDefault(fallback: T | (() => T)): T {
    return this[cellLink].open.getOrDefault(fallback);
  }

  /** Replaces the value and freezes it. `undefined` clears; `null` is a value like any other. Throws STATE_NOT_SERIALIZABLE, STATE_TOO_LARGE. */
  set(value: T | undefined): void {
    this[cellLink].open.set(value);
  }

  /** Sets what the function makes of the current value, and answers it. */
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
