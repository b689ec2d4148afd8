import { IndexSlots, ordinalOf, slotField, unitsAt } from './index-slots.ts';
import type { NameHash } from '../format/name-hash.ts';
import { SlotTable } from './slot-table.ts';

/** The hashes of a key, as {@link NameHash} computes them. */
export type KeyHash = Pick<NameHash, 'collection' | 'first' | 'second'>;

/** Place of an entry: ordinal of its segment, offset, and size in units. */
export interface EntryPlace {
  readonly ordinal: number;
  readonly offset: number;
  readonly units: number;
}

/** A safe integer has 53 bits: 32 of a slot, and 21 of a hash. */
const rememberedShift = 11;

/**
 * The place of the newest entry of every key: about 42 bytes per key, outside the JavaScript heap.
 *
 * STORE-I1. It holds no names. Two keys whose 96 bits of a keyed hash are equal count as one key. A reader compares the names in the entry.
 * STORE-I2. The keys of a collection form a chain in order of arrival. Collections whose 32-bit hashes are equal share one chain.
 */
export class LogIndex {
  readonly slots = new IndexSlots();
  readonly keyTable = new SlotTable(this.slots, { field: slotField.first, exact: true });
  readonly chainTable = new SlotTable(this.slots, { field: slotField.collection, exact: false });

  /** Number of keys. */
  get keys(): number {
    return this.slots.used;
  }

  /** Memory used by the index, in bytes. */
  get bytes(): number {
    return this.slots.bytes + this.keyTable.bytes + this.chainTable.bytes;
  }

  /** Returns the slot of a key; 0 when the key is not in the index. */
  find({ collection, first, second }: KeyHash): number {
    return this.keyTable.find(collection | 0, first | 0, second | 0);
  }

  placeOf(slot: number): EntryPlace {
    const place = this.slots.get(slot, slotField.place);
    return { ordinal: ordinalOf(place), offset: this.slots.offsetOf(slot), units: unitsAt(place) };
  }

  /** Sets offset and place of the newest entry of a key; see {@link slotField}. Returns the place before. */
  move(slot: number, offset: number, place: number): number {
    return this.slots.move(slot, offset, place);
  }

  /** Returns a number by which {@link recall} finds the slot again: the slot, and bits of the hash of its key. Never 0 for a slot. */
  remember(slot: number): number {
    return slot === 0 ? 0 : slot + (this.slots.get(slot, slotField.second) >>> rememberedShift) * 2 ** 32;
  }

  /** Returns the slot that was remembered; 0 when it is free by now, or belongs to another key. */
  recall(remembered: number): number {
    if (remembered === 0) return 0;
    const slot = remembered >>> 0;
    const { slots } = this;
    if (!slots.isUsed(slot)) return 0;
    return slots.get(slot, slotField.second) >>> rememberedShift === (remembered - slot) / 2 ** 32 ? slot : 0;
  }

  /** Adds a key that is not in the index, at the end of its chain. */
  add({ collection, first, second }: KeyHash, offset: number, place: number): number {
    const { slots } = this;
    const slot = slots.allocate();
    slots.set(slot, slotField.collection, collection);
    slots.set(slot, slotField.first, first);
    slots.set(slot, slotField.second, second);
    slots.move(slot, offset, place);
    this.keyTable.add(slot);
    const head = this.chainTable.find(collection | 0, 0, 0);
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

  /** Returns the places of the keys of a collection in order of arrival. Keys of another collection may be among them (STORE-I2). */
  placesOf(collection: number): EntryPlace[] {
    const head = this.chainTable.find(collection | 0, 0, 0);
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
