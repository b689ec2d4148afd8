import { StatefunError } from '../../shared/errors.ts';
import { ordinalsMax } from './index-slots.ts';
import type { ListedSegment } from '../segments/manifest.ts';

/** A segment that the manifest names, with what is known of its entries. Sizes of entries are in units of an index slot. */
export interface TrackedSegment {
  readonly ordinal: number;
  listed: ListedSegment;
  /** Bytes of the file. */
  bytes: number;
  /** Of all its entries. */
  units: number;
  /** Of those that are the newest of their key. */
  liveUnits: number;
  /** Of those that say that an key is removed. */
  tombstoneUnits: number;
  /** Reads under way. */
  readers: number;
  /** No entry of it is wanted any more; its ordinal is free again when this was called and nobody reads. */
  retired: (() => void) | undefined;
}

/** The segments of a store by ordinal, a small number that index slots name them by, and how much of each is garbage. */
export class SegmentTable {
  readonly #byOrdinal: (TrackedSegment | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #listed = new Map<number, TrackedSegment>();

  /** Those that the manifest names, in the order in which they came. */
  get listed(): readonly TrackedSegment[] {
    return [...this.#listed.values()];
  }

  /** The same, without a list of them. */
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

  /** Puts back a segment under the ordinal that the slots of a dump name. */
  restore(segment: TrackedSegment): void {
    this.#byOrdinal[segment.ordinal] = segment;
    this.#listed.set(segment.listed.number, segment);
  }

  /** After the last `restore`: which ordinals are free. */
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

  /** The manifest names it no more. Calls back when nobody reads it either. */
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
