import { CellLink, cellLink, type Cell, type CellOptions } from './cell.ts';
import type { ListSlot } from './list-slot.ts';

/**
 * A durable list of an address that grows at its end. Appending writes one item, whatever the length of the list. StateFun calls it
 * PersistedAppendingBuffer.
 */
export class PersistedList<T> implements Cell {
  /** @internal */
  readonly [cellLink]: CellLink<ListSlot<T>>;

  private constructor(options: CellOptions<unknown> | undefined) {
    this[cellLink] = new CellLink('list', options);
  }

  static of<T>(options?: CellOptions<T>): PersistedList<T> {
    return new PersistedList<T>(options);
  }

  /** Adds an item and freezes it. Throws STATE_NOT_SERIALIZABLE, STATE_TOO_LARGE. */
  append(item: T): void {
    this[cellLink].open.append([item]);
  }

  /** Adds all items, or none when one of them is refused. Does nothing without items. */
  appendAll(items: Iterable<T>): void {
    this[cellLink].open.append([...items]);
  }

  /** Replaces all items. Clears the list without items. */
  replaceWith(items: Iterable<T>): void {
    this[cellLink].open.replaceWith([...items]);
  }

  /** Returns the current items in a frozen array, which later changes do not affect. */
  view(): readonly T[] {
    return this[cellLink].open.view();
  }

  get length(): number {
    return this[cellLink].open.length;
  }

  clear(): void {
    this[cellLink].open.replaceWith([]);
  }
}
