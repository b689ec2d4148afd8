import { ordinalOf, placeOf, unitsAt, unitsOf } from './index-slots.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { LogIndex } from './log-index.ts';
import type { NameHash } from '../format/name-hash.ts';
import { entryHeaderBytes, type EntrySpan } from '../format/entry-format.ts';

const pieceBits = 16;

/**
 * Fills an index from segments in any order. Of several entries of a key the one with the highest commit counts; within one commit the last
 * one counts. `finish` frees the memory for the commits of the entries.
 */
export class RecoveringIndex {
  readonly #index: LogIndex;
  readonly #segments: SegmentTable;
  readonly #hash: NameHash;
  /** Commit of the newest entry by slot, in pieces; negative when that entry removes the key. */
  readonly #commits: Float64Array[] = [];

  constructor(index: LogIndex, segments: SegmentTable, hash: NameHash) {
    this.#index = index;
    this.#segments = segments;
    this.#hash = hash;
  }

  take(bytes: Buffer, start: number, entry: EntrySpan, segment: TrackedSegment): void {
    const { commit, removes } = entry;
    const units = unitsOf(entry.end - start);
    segment.units += units;
    if (removes) segment.tombstoneUnits += units;
    this.#hash.update(bytes, start + entryHeaderBytes, entry.keyStart, entry.valueStart);
    const place = placeOf(segment.ordinal, units);
    let slot = this.#index.find(this.#hash);
    if (slot === 0) {
      slot = this.#index.add(this.#hash, start, place);
    } else {
      const known = this.#commitAt(slot);
      if (commit < Math.abs(known)) return;
      const before = this.#index.move(slot, start, place);
      if (known > 0) this.#segments.at(ordinalOf(before)).liveUnits -= unitsAt(before);
    }
    if (!removes) segment.liveUnits += units;
    this.#setCommit(slot, removes ? -commit : commit);
  }

  /** Frees the slots of removed keys. Called after all segments. */
  finish(): void {
    for (const slot of this.#index.slots.all()) if (this.#commitAt(slot) < 0) this.#index.remove(slot);
    this.#commits.length = 0;
  }

  #commitAt(slot: number): number {
    return this.#commits[slot >>> pieceBits]?.[slot & (2 ** pieceBits - 1)] ?? 0;
  }

  #setCommit(slot: number, commit: number): void {
    const piece = slot >>> pieceBits;
    const commits = (this.#commits[piece] ??= new Float64Array(2 ** pieceBits));
    commits[slot & (2 ** pieceBits - 1)] = commit;
  }
}
