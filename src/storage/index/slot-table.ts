import { slotField, type IndexSlots } from './index-slots.ts';

const bucketBits = 13;
/** Number of slots of a bucket, which are the words of a block of a dump. */
export const bucketSlots = 1 << bucketBits;
const bucketMask = bucketSlots - 1;

/** A bucket with more slots than this is split. A higher value saves memory, a lower one saves probes. */
const bucketUsedMax = Math.floor(bucketSlots * 0.8);

/** An open-addressing table of slot numbers; 0 is an empty position. */
interface Bucket {
  slots: Int32Array<ArrayBuffer>;
  used: number;
  /** Number of lowest bits that all hashes in the bucket share. */
  depth: number;
}

/** The field of the slots that the table hashes by, and whether it compares all three hashes or only this one. */
export interface SlotTableOptions {
  readonly field: number;
  readonly exact: boolean;
}

/**
 * Finds slots by one of their hashes, with extendible hashing. A full bucket is split in two, so growing never pauses for more than one bucket
 * of 8,192 slots, however large the table is.
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
    this.#directory = [{ slots: new Int32Array(bucketSlots), used: 0, depth: 0 }];
  }

  get bytes(): number {
    return this.buckets().length * bucketSlots * 4;
  }

  /** Returns the slot with the hashes, or 0. A table that is not exact compares only the hash it hashes by. */
  find(collection: number, first: number, second: number): number {
    const slots = this.#slots;
    const exact = this.#exact;
    const hash = exact ? first : collection;
    const table = this.#bucketOf(hash).slots;
    for (let index = homeOf(hash); ; index = (index + 1) & bucketMask) {
      const slot = table[index] ?? 0;
      if (slot === 0) return 0;
      if (exact ? slots.matches(slot, collection, first, second) : slots.get(slot, slotField.collection) === collection) return slot;
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

  /** Removes a slot from the table. The fields of the slot must be unchanged. */
  remove(slot: number): void {
    const hash = this.#slots.get(slot, this.#field);
    const bucket = this.#bucketOf(hash);
    const table = bucket.slots;
    let hole = this.#indexOf(table, slot, hash);
    bucket.used -= 1;
    // Later slots move into the hole unless that is before their home position.
    for (let index = (hole + 1) & bucketMask; table[index] !== 0; index = (index + 1) & bucketMask) {
      const home = homeOf(this.#slots.get(table[index] ?? 0, this.#field));
      if (((index - home) & bucketMask) < ((index - hole) & bucketMask)) continue;
      table[hole] = table[index] ?? 0;
      hole = index;
    }
    table[hole] = 0;
  }

  /** Replaces a slot by another slot with the same hash. */
  replace(slot: number, by: number): void {
    const hash = this.#slots.get(slot, this.#field);
    const table = this.#bucketOf(hash).slots;
    table[this.#indexOf(table, slot, hash)] = by;
  }

  /** Returns each bucket once, with its first position in the directory. */
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

  #indexOf(table: Int32Array, slot: number, hash: number): number {
    let index = homeOf(hash);
    while (table[index] !== slot) index = (index + 1) & bucketMask;
    return index;
  }

  #bucketOf(hash: number): Bucket {
    const bucket = this.#directory[hash & (this.#directory.length - 1)];
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
    const zeros: Bucket = { slots: new Int32Array(bucketSlots), used: 0, depth };
    const ones: Bucket = { slots: new Int32Array(bucketSlots), used: 0, depth };
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

/** Returns the home position of a hash in its bucket: its highest bits. Its lowest bits choose the bucket. */
function homeOf(hash: number): number {
  return hash >>> (32 - bucketBits);
}
