import { IndexSlots, ordinalOf, placeOf, slotField, unitsAt } from './index-slots.ts';
import type { NameHash } from '../format/name-hash.ts';
import { SlotTable } from './slot-table.ts';

/** The hashes of a key's names, of which `NameHash` is one. */
export type KeyHash = Pick<NameHash, 'collection' | 'first' | 'second'>;

/** Where an entry is: a segment by its ordinal, and how large the entry may be. */
export interface EntryPlace {
  readonly ordinal: number;
  readonly offset: number;
  readonly units: number;
}

/**
 * Where the newest entry of every key is: about 42 bytes a key, outside the JavaScript heap.
 *
 * STORE-I1. It holds no names. Two keys are one to it when 96 bits of a keyed hash agree; whoever reads an entry compares its names.
 * STORE-I2. The keys of a collection form a chain in the order of their arrival; chains of collections whose 32 bits agree are one chain.
 */
export class LogIndex {
  readonly slots = new IndexSlots();
  readonly keyTable = new SlotTable(this.slots, { field: slotField.first, exact: true });
  readonly chainTable = new SlotTable(this.slots, { field: slotField.collection, exact: false });

  get keys(): number {
    return this.slots.used;
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.slots.bytes + this.keyTable.bytes + this.chainTable.bytes;
  }

  /** The slot of a key, or 0. */
  find({ collection, first, second }: KeyHash): number {
    return this.keyTable.find(collection, first, second);
  }

  placeOf(slot: number): EntryPlace {
    const place = this.slots.get(slot, slotField.place);
    return { ordinal: ordinalOf(place), offset: this.slots.get(slot, slotField.offset), units: unitsAt(place) };
  }

  move(slot: number, { ordinal, offset, units }: EntryPlace): void {
    this.slots.set(slot, slotField.offset, offset);
    this.slots.set(slot, slotField.place, placeOf(ordinal, units));
  }

  /** Adds a key that is not in the index, at the end of its chain. */
  add({ collection, first, second }: KeyHash, place: EntryPlace): number {
    const { slots } = this;
    const slot = slots.allocate();
    slots.set(slot, slotField.collection, collection);
    slots.set(slot, slotField.first, first);
    slots.set(slot, slotField.second, second);
    this.move(slot, place);
    this.keyTable.add(slot);
    const head = this.chainTable.find(collection, first, second);
    if (head === 0) {
      this.#link(slot, slot);
      this.chainTable.add(slot);
    } else {
      const tail = slots.get(head, slotField.before);
      this.#link(tail, slot);
      this.#link(slot, head);
    }
    return slot;
  }

  remove(slot: number): void {
    const { slots } = this;
    const next = slots.get(slot, slotField.next);
    this.keyTable.remove(slot);
    if (next === slot) {
      this.chainTable.remove(slot);
    } else {
      const isHead = this.chainTable.find(slots.get(slot, slotField.collection), 0, 0) === slot;
      if (isHead) this.chainTable.replace(slot, next);
      this.#link(slots.get(slot, slotField.before), next);
    }
    slots.release(slot);
  }

  /** The places of all keys of a collection, oldest arrival first; those of another collection may be among them (STORE-I2). */
  placesOf(collection: number): EntryPlace[] {
    const head = this.chainTable.find(collection, 0, 0);
    const places: EntryPlace[] = [];
    if (head === 0) return places;
    let slot = head;
    do {
      places.push(this.placeOf(slot));
      slot = this.slots.get(slot, slotField.next);
    } while (slot !== head);
    return places;
  }

  #link(slot: number, next: number): void {
    this.slots.set(slot, slotField.next, next);
    this.slots.set(next, slotField.before, slot);
  }
}
