import { assertInvariant } from '../../shared/errors.ts';
import { unitsOf } from './index-slots.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { LogIndex } from './log-index.ts';
import type { NameHash } from '../format/name-hash.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';

/** Updates the index for a durable commit, and counts the garbage that the commit causes. */
export class IndexWriter {
  readonly #index: LogIndex;
  readonly #segments: SegmentTable;
  readonly #hash: NameHash;

  constructor(index: LogIndex, segments: SegmentTable, hash: NameHash) {
    this.#index = index;
    this.#segments = segments;
    this.#hash = hash;
  }

  /** Adds the entries in `bytes[start..]`, which lie in the segment from `offset` on. */
  apply(bytes: Buffer, start: number, segment: TrackedSegment, offset: number): void {
    for (let next = start; next < bytes.length;) {
      const span = entrySpan(bytes, next, bytes.length);
      assertInvariant(span !== undefined, 'a frame that was written holds whole entries');
      this.#hash.update(bytes, next + entryHeaderBytes, span.keyStart, span.valueStart);
      this.#take(segment, { offset: offset + next - start, units: unitsOf(span.end - next), removes: span.removes });
      next = span.end;
    }
  }

  #take(segment: TrackedSegment, { offset, units, removes }: { offset: number; units: number; removes: boolean }): void {
    const index = this.#index;
    const slot = index.find(this.#hash);
    if (slot !== 0) {
      const before = index.placeOf(slot);
      this.#segments.at(before.ordinal).liveUnits -= before.units;
    }
    segment.units += units;
    if (removes) {
      segment.tombstoneUnits += units;
      if (slot !== 0) index.remove(slot);
      return;
    }
    segment.liveUnits += units;
    const place = { ordinal: segment.ordinal, offset, units };
    if (slot === 0) index.add(this.#hash, place);
    else index.move(slot, place);
  }
}
