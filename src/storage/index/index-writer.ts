import { assertInvariant } from '../../shared/errors.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import type { NameHash } from '../format/name-hash.ts';
import { markField, markWords, namesWanted, startAt, type UnsealedFrame } from '../format/unsealed-frame.ts';
import type { StoreChange } from '../store.ts';
import { ordinalOf, placeOf, unitsAt, unitsOf } from './index-slots.ts';
import type { KeyHash, LogIndex } from './log-index.ts';
import type { SegmentTable, TrackedSegment } from './segment-table.ts';

/**
 * Updates the index for a durable commit, and counts the garbage that the commit causes.
 *
 * STORE-I3. An entry that a caller keeps remembers the slot of its key until the key is removed. A remembered slot that belongs to no key any
 *     more, or to another one, is not used.
 */
export class IndexWriter {
  readonly #index: LogIndex;
  readonly #segments: SegmentTable;
  readonly #hash: NameHash;
  /** The hashes that the writer's thread has marked for the entry at hand. */
  readonly #marked = { collection: 0, first: 0, second: 0 };

  constructor(index: LogIndex, segments: SegmentTable, hash: NameHash) {
    this.#index = index;
    this.#segments = segments;
    this.#hash = hash;
  }

  /** Adds the entries of a frame, which lies in the segment at `offset`. They are those of the changes, in their order. */
  apply({ area, byteLength, marks }: UnsealedFrame, changes: readonly StoreChange[], segment: TrackedSegment, offset: number): void {
    const index = this.#index;
    let mark = 0;
    for (const { value, entry } of changes) {
      const start = startAt(marks, mark);
      const next = mark + markWords;
      const end = next === changes.length * markWords ? byteLength : startAt(marks, next);
      const units = unitsOf(end - start);
      let slot = entry === undefined ? 0 : index.recall(entry.slot);
      let names: KeyHash | undefined;
      if (slot === 0) slot = index.find((names = this.#namesOf(area, start, marks, mark)));
      segment.units += units;
      if (value === undefined) {
        this.#remove(slot, segment, units);
        slot = 0;
      } else {
        segment.liveUnits += units;
        const place = placeOf(segment.ordinal, units);
        if (slot !== 0) this.#countGarbage(index.move(slot, offset + start, place));
        else if (names !== undefined) slot = index.add(names, offset + start, place);
      }
      if (entry !== undefined) entry.slot = index.remember(slot);
      mark = next;
    }
  }

  #remove(slot: number, segment: TrackedSegment, units: number): void {
    segment.tombstoneUnits += units;
    if (slot === 0) return;
    const { ordinal, units: before } = this.#index.placeOf(slot);
    this.#segments.at(ordinal).liveUnits -= before;
    this.#index.remove(slot);
  }

  /** The entry at this place is no longer the newest of its key. */
  #countGarbage(place: number): void {
    this.#segments.at(ordinalOf(place)).liveUnits -= unitsAt(place);
  }

  #namesOf(area: SharedArrayBuffer, start: number, marks: Int32Array, mark: number): KeyHash {
    if (((marks[mark] ?? 0) & namesWanted) === 0) return this.#hashNames(area, start);
    const marked = this.#marked;
    marked.collection = marks[mark + markField.collection] ?? 0;
    marked.first = marks[mark + markField.first] ?? 0;
    marked.second = marks[mark + markField.second] ?? 0;
    return marked;
  }

  /** Hashes the names of an entry that remembered a slot of its key which was freed since. */
  #hashNames(area: SharedArrayBuffer, start: number): KeyHash {
    const bytes = Buffer.from(area);
    const span = entrySpan(bytes, start, bytes.length);
    assertInvariant(span !== undefined, 'a frame that was written holds whole entries');
    this.#hash.update(bytes, start + entryHeaderBytes, span.keyStart, span.valueStart);
    return this.#hash;
  }
}
