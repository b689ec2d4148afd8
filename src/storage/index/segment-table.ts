import { StatefunError } from '../../shared/errors.ts';
import { ordinalsMax } from './index-slots.ts';
import type { ListedSegment } from '../segments/manifest.ts';

/** A segment that the manifest lists, with statistics of its entries. Sizes of entries are in units; see {@link unitBytes}. */
export interface TrackedSegment {
  /** Small number by which index slots name the segment. */
  readonly ordinal: number;
  /** Description of the segment in the manifest. */
  listed: ListedSegment;
  /** Size of the file, in bytes. */
  bytes: number;
  /** Size of all its entries. */
  units: number;
  /** Size of the entries that are the newest of their key. */
  liveUnits: number;
  /** Size of the tombstones. */
  tombstoneUnits: number;
  /** Number of running reads. */
  readers: number;
  /** Set once the manifest no longer lists the segment. Called when the last read has ended; its ordinal is free then. */
  retired: (() => void) | undefined;
}

/** The segments of a store, by ordinal and by number, with the share of garbage in each. */
export class SegmentTable {
  readonly #byOrdinal: (TrackedSegment | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #listed = new Map<number, TrackedSegment>();

  /** The segments that the manifest lists, in the order in which they were added. */
  get listed(): readonly TrackedSegment[] {
    return [...this.#listed.values()];
  }

  /** Iterates over the segments that the manifest lists, without creating an array. */
  each(): Iterable<TrackedSegment> {
    return this.#listed.values();
  }

  add(listed: ListedSegment, bytes: number): TrackedSegment {
    const ordinal = this.#free.pop() ?? this.#byOrdinal.length;
    if (ordinal >= ordinalsMax) {
      const summary = `a store has at most ${ordinalsMax} segments at once.`;
      throw new StatefunError('STORE_SEGMENTS_EXHAUSTED', summary, { facts: { segmentsMax: ordinalsMax } });
    }
    const counts = { units: 0, liveUnits: 0, tombstoneUnits: 0, readers: 0, retired: undefined };
    const segment: TrackedSegment = { ordinal, listed, bytes, ...counts };
    this.#byOrdinal[ordinal] = segment;
    this.#listed.set(listed.number, segment);
    return segment;
  }

  /** Adds a segment of a dump under its ordinal. */
  restore(segment: TrackedSegment): void {
    this.#byOrdinal[segment.ordinal] = segment;
    this.#listed.set(segment.listed.number, segment);
  }

  /** Finds the free ordinals, after the last `restore`. */
  restored(): void {
    this.#free.length = 0;
    for (let ordinal = 0; ordinal < this.#byOrdinal.length; ordinal += 1) {
      if (this.#byOrdinal[ordinal] === undefined) this.#free.push(ordinal);
    }
  }

  at(ordinal: number): TrackedSegment {
    const segment = this.#byOrdinal[ordinal];
    if (segment === undefined) throw new RangeError(`no segment has ordinal ${ordinal}`);
    return segment;
  }

  numbered(number: number): TrackedSegment | undefined {
    return this.#listed.get(number);
  }

  /** Removes a segment that the manifest no longer lists. Calls back when no read uses it any more. */
  retire(segment: TrackedSegment, unread: () => void): void {
    this.#listed.delete(segment.listed.number);
    segment.retired = unread;
    this.#releaseIfUnread(segment);
  }

  beginRead(ordinal: number): TrackedSegment {
    const segment = this.at(ordinal);
    segment.readers += 1;
    return segment;
  }

  endRead(segment: TrackedSegment): void {
    segment.readers -= 1;
    this.#releaseIfUnread(segment);
  }

  #releaseIfUnread(segment: TrackedSegment): void {
    const { retired } = segment;
    if (retired === undefined || segment.readers > 0) return;
    segment.retired = undefined;
    this.#byOrdinal[segment.ordinal] = undefined;
    this.#free.push(segment.ordinal);
    retired();
  }
}
