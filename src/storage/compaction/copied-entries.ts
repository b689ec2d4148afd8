import { assertInvariant } from '../../shared/errors.ts';
import { placeOf, slotField, unitsAt, unitsOf } from '../index/index-slots.ts';
import type { LogIndex } from '../index/log-index.ts';
import type { SegmentTable, TrackedSegment } from '../index/segment-table.ts';
import { candidateField, candidateWords, removesFlag } from '../segments/segment-copier.ts';

/**
 * Numbers of a kept entry: its slot, which is 0 for a tombstone, ordinal and offset of the original, offset of the copy. As long as its slot
 * has the place of the original, the entry is the newest of its key: no other entry ever has that place.
 */
const moveWords = 4;
const moveField = { slot: 0, ordinal: 1, from: 2, to: 3 } as const;

/** Decides which entries a compaction copies, and points the index to the copies once they count. One batch at a time, in typed arrays. */
export class CopiedEntries {
  readonly #index: LogIndex;
  readonly #segments: SegmentTable;
  readonly #tombstonesKeptFrom: number;
  /** Moves that are to be made, one array for each batch; the last batch may wait for the offsets of its copies. */
  readonly #moves: Int32Array[] = [];
  #moved = 0;
  /** Number of entries of the last batch whose copies have no offset yet. */
  #unplaced = 0;
  /** The segment of the last candidate, and its ordinal: candidates come segment by segment. */
  #number = 0;
  #ordinal = -1;
  /** Number of entries that are copied. */
  count = 0;
  commitMin = Infinity;
  commitMax = 0;
  units = 0;
  tombstoneUnits = 0;
  /** Size of all entries that were judged, in units. */
  judgedUnits = 0;
  /** Size of the entries of the last batch, in bytes. */
  batchBytes = 0;

  /** @param tombstonesKeptFrom first commit whose tombstones are kept */
  constructor(index: LogIndex, segments: SegmentTable, tombstonesKeptFrom: number) {
    this.#index = index;
    this.#segments = segments;
    this.#tombstonesKeptFrom = tombstonesKeptFrom;
  }

  /** Judges a batch of candidates. Returns 1 for each entry to copy, 0 for each to drop. */
  judge(candidates: Int32Array): Uint8Array<ArrayBuffer> {
    const kept = new Uint8Array(candidates.length / candidateWords);
    const moves = new Int32Array(kept.length * moveWords);
    this.batchBytes = 0;
    let next = 0;
    for (let entry = 0; entry < kept.length; entry += 1) {
      const start = entry * candidateWords;
      const bytes = candidates[start + candidateField.bytes] ?? 0;
      this.batchBytes += bytes;
      const ordinal = this.#ordinalOf(candidates[start + candidateField.segment] ?? 0);
      const slot = this.#slotToKeep(candidates, start, ordinal, unitsOf(bytes));
      if (slot < 0) continue;
      kept[entry] = 1;
      moves[next + moveField.slot] = slot;
      moves[next + moveField.ordinal] = ordinal;
      moves[next + moveField.from] = candidates[start + candidateField.offset] ?? 0;
      next += moveWords;
    }
    this.#unplaced = next / moveWords;
    this.count += this.#unplaced;
    if (next > 0) this.#moves.push(moves.slice(0, next));
    return kept;
  }

  /** Takes the offsets of the copies of the last batch. */
  placed(offsets: Uint32Array): void {
    assertInvariant(offsets.length === this.#unplaced, 'every entry that is kept is copied');
    this.#unplaced = 0;
    const moves = this.#moves.at(-1);
    if (moves === undefined) return;
    for (let copy = 0; copy < offsets.length; copy += 1) moves[copy * moveWords + moveField.to] = offsets[copy] ?? 0;
  }

  /** Points the index to the copies of one batch, as far as they are still the newest of their keys. Returns false when no batch is left. */
  moveBatch(target: TrackedSegment): boolean {
    const moves = this.#moves[this.#moved];
    if (moves === undefined) return false;
    // The batch is not needed again.
    this.#moves[this.#moved++] = new Int32Array(0);
    const { slots } = this.#index;
    for (let start = 0; start < moves.length; start += moveWords) {
      const slot = moves[start + moveField.slot] ?? 0;
      const ordinal = moves[start + moveField.ordinal] ?? 0;
      if (slot === 0 || !slots.isAt(slot, ordinal, moves[start + moveField.from] ?? 0)) continue;
      const units = unitsAt(slots.get(slot, slotField.place));
      slots.move(slot, moves[start + moveField.to] ?? 0, placeOf(target.ordinal, units));
      this.#segments.at(ordinal).liveUnits -= units;
      target.liveUnits += units;
    }
    return true;
  }

  /** Returns the slot of a candidate that is copied, which is 0 for a tombstone, and -1 for a candidate that is dropped. */
  #slotToKeep(candidates: Int32Array, start: number, ordinal: number, units: number): number {
    const { slots, keyTable } = this.#index;
    const collection = candidates[start + candidateField.collection] ?? 0;
    const slot = keyTable.find(collection, candidates[start + candidateField.first] ?? 0, candidates[start + candidateField.second] ?? 0);
    const commitHigh = candidates[start + candidateField.commitHigh] ?? 0;
    const removes = (commitHigh & removesFlag) !== 0;
    const commit = (commitHigh & ~removesFlag) * 0x1_0000_0000 + ((candidates[start + candidateField.commit] ?? 0) >>> 0);
    this.judgedUnits += units;
    if (removes) {
      if (slot !== 0 || commit < this.#tombstonesKeptFrom) return -1;
      this.tombstoneUnits += units;
    } else if (slot === 0 || !slots.isAt(slot, ordinal, candidates[start + candidateField.offset] ?? 0)) {
      return -1;
    }
    this.units += units;
    if (commit < this.commitMin) this.commitMin = commit;
    if (commit > this.commitMax) this.commitMax = commit;
    return slot;
  }

  /** The ordinal of the segment; -1, which no place has, when no segment has the number. */
  #ordinalOf(number: number): number {
    if (number !== this.#number) {
      this.#number = number;
      this.#ordinal = this.#segments.numbered(number)?.ordinal ?? -1;
    }
    return this.#ordinal;
  }
}
