import { appendAll } from '../../shared/append-all.ts';
/*
 * One slot for each key, outside the JavaScript heap. A slot has seven 32-bit words, 28 bytes:
 *
 *   0  hash of the collection
 *   1  hash of collection and key
 *   2  hash of collection and key, its other half
 *   3  offset of the newest entry in its segment
 *   4  place: ordinal of the segment (14 bits) and size of the entry in units of 128 bytes (18 bits)
 *   5  the next slot with the same hash of the collection, in order of arrival; of a free slot, the next free slot
 *   6  the previous slot with the same hash of the collection
 *
 * Slots are allocated in pieces, so that growing copies nothing. Number 0 means no slot. Words are signed, since V8 boxes larger numbers.
 */
const slotWords = 7;
export const slotField = { collection: 0, first: 1, second: 2, offset: 3, place: 4, next: 5, before: 6 } as const;

const pieceBits = 12;
const pieceSlots = 1 << pieceBits;

/** Sizes of entries are rounded up to units of this many bytes. */
export const unitBytes = 128;
const unitBits = 18;
const unitMask = (1 << unitBits) - 1;

/** Most segments that a store can have at once. */
export const ordinalsMax = 1 << (32 - unitBits);

export const unitsOf = (recordBytes: number): number => Math.ceil(recordBytes / unitBytes);
export const placeOf = (ordinal: number, units: number): number => (ordinal << unitBits) | units;
export const ordinalOf = (place: number): number => place >>> unitBits;
export const unitsAt = (place: number): number => place & unitMask;

/** The slots of an index, used and free. */
export class IndexSlots {
  readonly pieces: Int32Array<ArrayBuffer>[] = [];
  /** Number of slots that were ever used, number 0 included. */
  #end = 1;
  #free = 0;
  #used = 0;

  /** Number of slots in use. */
  get used(): number {
    return this.#used;
  }

  get bytes(): number {
    return this.pieces.length * pieceSlots * slotWords * 4;
  }

  get(slot: number, field: number): number {
    // Every allocated slot lies in a piece.
    return this.#pieceOf(slot)[(slot & (pieceSlots - 1)) * slotWords + field] ?? 0;
  }

  set(slot: number, field: number, value: number): void {
    this.#pieceOf(slot)[(slot & (pieceSlots - 1)) * slotWords + field] = value;
  }

  /** Whether the slot has these hashes. */
  matches(slot: number, collection: number, first: number, second: number): boolean {
    const piece = this.#pieceOf(slot);
    const start = (slot & (pieceSlots - 1)) * slotWords;
    return (
      piece[start + slotField.first] === first &&
      piece[start + slotField.second] === second &&
      piece[start + slotField.collection] === collection
    );
  }

  /** Whether the newest entry of the key begins there. */
  isAt(slot: number, ordinal: number, offset: number): boolean {
    const piece = this.#pieceOf(slot);
    const start = (slot & (pieceSlots - 1)) * slotWords;
    const place = piece[start + slotField.place] ?? 0;
    return place !== 0 && ordinalOf(place) === ordinal && piece[start + slotField.offset] === (offset | 0);
  }

  /** Offset of the newest entry of the key. */
  offsetOf(slot: number): number {
    return this.get(slot, slotField.offset) >>> 0;
  }

  /** Sets offset and place, and returns the place before. */
  move(slot: number, offset: number, place: number): number {
    const piece = this.#pieceOf(slot);
    const start = (slot & (pieceSlots - 1)) * slotWords;
    const before = piece[start + slotField.place] ?? 0;
    piece[start + slotField.offset] = offset;
    piece[start + slotField.place] = place;
    return before;
  }

  /** Whether a key has the slot. */
  isUsed(slot: number): boolean {
    return slot < this.#end && this.get(slot, slotField.place) !== 0;
  }

  allocate(): number {
    this.#used += 1;
    const free = this.#free;
    if (free !== 0) {
      this.#free = this.get(free, slotField.next);
      return free;
    }
    if (this.#end >>> pieceBits >= this.pieces.length) this.pieces.push(new Int32Array(pieceSlots * slotWords));
    return this.#end++;
  }

  release(slot: number): void {
    this.#used -= 1;
    // A free slot has no place, so that it counts as unused.
    this.set(slot, slotField.place, 0);
    this.set(slot, slotField.next, this.#free);
    this.#free = slot;
  }

  /** Iterates over all slots in use. */
  *all(): Generator<number> {
    for (let slot = 1; slot < this.#end; slot += 1) if (this.isUsed(slot)) yield slot;
  }

  /** Numbers that a dump needs in addition to the pieces. */
  get counters(): readonly [end: number, free: number, used: number] {
    return [this.#end, this.#free, this.#used];
  }

  restore(pieces: readonly Int32Array<ArrayBuffer>[], [end = 1, free = 0, used = 0]: readonly number[]): void {
    this.pieces.length = 0;
    appendAll(this.pieces, pieces);
    this.#end = end;
    this.#free = free;
    this.#used = used;
  }

  #pieceOf(slot: number): Int32Array {
    const piece = this.pieces[slot >>> pieceBits];
    if (piece === undefined) throw new RangeError(`slot ${slot} was never allocated`);
    return piece;
  }
}

/** Number of words of a piece, for reading a dump. */
export const pieceWords = pieceSlots * slotWords;
