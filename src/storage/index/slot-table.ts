import { slotField, type IndexSlots } from './index-slots.ts';

const bucketBits = 13;
/** Slots of a bucket: words of a block of a dump. */
export const bucketSlots = 1 << bucketBits;
const bucketMask = bucketSlots - 1;

/** How full a bucket may be before it is split: fuller saves memory, emptier saves probes. */
const bucketUsedMax = Math.floor(bucketSlots * 0.8);

/** An open-addressing table of slot numbers, 0 where there is none. */
interface Bucket {
  slots: Uint32Array<ArrayBuffer>;
  used: number;
  /** All hashes in it share so many of their lowest bits. */
  depth: number;
}

/** Which field of the slots a table hashes by, and whether a slot is found by all three hashes or by this one alone. */
export interface SlotTableOptions {
  readonly field: number;
  readonly exact: boolean;
}

/**
 * Finds slots by a hash they hold: extendible hashing. A full bucket is split in two, so that growing never pauses for more than one bucket
 * of 8,192, however large the table is.
 */
export class SlotTable {
  readonly #slots: IndexSlots;
  readonly #field: number;
  readonly #exact: boolean;
  #directory: Bucket[];
  #depth = 0;

  constructor(slots: IndexSlots, { field, exact }: SlotTableOptions) {
    this.#slots = slots;
    this.#field = field;
    this.#exact = exact;
    this.#directory = [{ slots: new Uint32Array(bucketSlots), used: 0, depth: 0 }];
  }

  get bytes(): number {
    return this.buckets().length * bucketSlots * 4;
  }

  /** The slot with the hashes, or 0. A table that is not exact compares only the one it hashes by. */
  find(collection: number, first: number, second: number): number {
    const hash = this.#exact ? first : collection;
    const table = this.#bucketOf(hash).slots;
    for (let index = homeOf(hash); ; index = (index + 1) & bucketMask) {
      const slot = table[index] ?? 0;
      if (slot === 0 || this.#matches(slot, collection, first, second)) return slot;
    }
  }

  /** Adds a slot that is not in the table. */
  add(slot: number): void {
    const hash = this.#slots.get(slot, this.#field);
    let bucket = this.#bucketOf(hash);
    while (bucket.used >= bucketUsedMax) {
      this.#split(bucket, hash);
      bucket = this.#bucketOf(hash);
    }
    insert(bucket, slot, hash);
  }

  /** Removes a slot that is in the table; its fields must still be what they were. */
  remove(slot: number): void {
    const hash = this.#slots.get(slot, this.#field);
    const bucket = this.#bucketOf(hash);
    const table = bucket.slots;
    let hole = this.#indexOf(table, slot, hash);
    bucket.used -= 1;
    // What stands behind a hole, and may not stand before its home, moves into it.
    for (let index = (hole + 1) & bucketMask; table[index] !== 0; index = (index + 1) & bucketMask) {
      const home = homeOf(this.#slots.get(table[index] ?? 0, this.#field));
      if (((index - home) & bucketMask) < ((index - hole) & bucketMask)) continue;
      table[hole] = table[index] ?? 0;
      hole = index;
    }
    table[hole] = 0;
  }

  /** Puts a slot in the place of another one with the same hash. */
  replace(slot: number, by: number): void {
    const hash = this.#slots.get(slot, this.#field);
    const table = this.#bucketOf(hash).slots;
    table[this.#indexOf(table, slot, hash)] = by;
  }

  /** Each bucket once, with the position of the directory that names it first. */
  buckets(): { readonly position: number; readonly bucket: Bucket }[] {
    const positions = new Map<Bucket, number>();
    for (const [position, bucket] of this.#directory.entries()) if (!positions.has(bucket)) positions.set(bucket, position);
    return Array.from(positions, ([bucket, position]) => ({ position, bucket }));
  }

  get depth(): number {
    return this.#depth;
  }

  restore(depth: number, buckets: readonly { readonly position: number; readonly bucket: Bucket }[]): void {
    this.#depth = depth;
    this.#directory = new Array<Bucket>(2 ** depth);
    for (const { position, bucket } of buckets) {
      for (let index = position; index < 2 ** depth; index += 2 ** bucket.depth) this.#directory[index] = bucket;
    }
  }

  #matches(slot: number, collection: number, first: number, second: number): boolean {
    const slots = this.#slots;
    if (slots.get(slot, slotField.collection) !== collection) return false;
    return !this.#exact || (slots.get(slot, slotField.first) === first && slots.get(slot, slotField.second) === second);
  }

  #indexOf(table: Uint32Array, slot: number, hash: number): number {
    let index = homeOf(hash);
    while (table[index] !== slot) index = (index + 1) & bucketMask;
    return index;
  }

  #bucketOf(hash: number): Bucket {
    const bucket = this.#directory[hash & (2 ** this.#depth - 1)];
    if (bucket === undefined) throw new RangeError('a table has a bucket for every hash');
    return bucket;
  }

  #split(full: Bucket, hash: number): void {
    if (full.depth === this.#depth) {
      this.#directory = [...this.#directory, ...this.#directory];
      this.#depth += 1;
    }
    const bit = 2 ** full.depth;
    const depth = full.depth + 1;
    const zeros: Bucket = { slots: new Uint32Array(bucketSlots), used: 0, depth };
    const ones: Bucket = { slots: new Uint32Array(bucketSlots), used: 0, depth };
    for (const slot of full.slots) {
      if (slot === 0) continue;
      const own = this.#slots.get(slot, this.#field);
      insert((own & bit) === 0 ? zeros : ones, slot, own);
    }
    for (let index = hash & (bit - 1); index < this.#directory.length; index += bit)
      this.#directory[index] = (index & bit) === 0 ? zeros : ones;
  }
}

function insert(bucket: Bucket, slot: number, hash: number): void {
  let index = homeOf(hash);
  while (bucket.slots[index] !== 0) index = (index + 1) & bucketMask;
  bucket.slots[index] = slot;
  bucket.used += 1;
}

/** The highest bits: the lowest choose the bucket. */
function homeOf(hash: number): number {
  return hash >>> (32 - bucketBits);
}
