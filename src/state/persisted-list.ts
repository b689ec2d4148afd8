import { CellLink, cellLink, type Cell, type CellOptions } from './cell.ts';
import type { ListSlot } from './list-slot.ts';

/**
 * A durable list of an address that grows at its end. Appending writes one item, however long the list is. (StateFun's
 * PersistedAppendingBuffer.)
 */
export class PersistedList<T> implements Cell {
  /** @internal */
  readonly [cellLink]: CellLink<ListSlot<T>>;

  private constructor(options: CellOptions<unknown>) {
    this[cellLink] = new CellLink('list', options);
  }

  static of<T>(options: CellOptions<T> = {}): PersistedList<T> {
    return new PersistedList<T>(options);
  }

  /** Adds and freezes an item. Throws STATE_NOT_SERIALIZABLE, STATE_TOO_LARGE. */
  append(item: T): void {
    this[cellLink].open.append([item]);
  }

  /** Adds all items, or none when one of them is refused. No items: nothing happens. */
  appendAll(items: Iterable<T>): void {
    this[cellLink].open.append([...items]);
  }

  /** Puts the items in place of all that are there. No items: clears. */
  replaceWith(items: Iterable<T>): void {
    this[cellLink].open.replaceWith([...items]);
  }

  /** The items as they are at this moment, in a frozen array. */
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
