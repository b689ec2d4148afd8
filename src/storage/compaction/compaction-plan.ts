import { unitsOf } from '../index/index-slots.ts';
import type { TrackedSegment } from '../index/segment-table.ts';
import { segmentBytesAt } from '../store-limits.ts';

/** Share of tombstones in a store above which they count as its main garbage. */
const tombstonesMin = 0.2;

/** Segments smaller than this share of a full one are merged when there is room. */
const smallSegment = 0.25;

/** How urgent a compaction is. A healthy store reclaims space slowly. */
export interface CompactionPressure {
  /** A compaction begins when the ratio of all entries to the newest entries, in closed segments, exceeds this. */
  readonly spaceFactorMax: number;
  /** Share of a segment that must be reclaimable to make reading it worthwhile. */
  readonly reclaimableMin: number;
  /** Most bytes that a compaction may write. It never writes more than one segment. */
  readonly roomBytes: number;
}

export const noPressure: CompactionPressure = { spaceFactorMax: 1.5, reclaimableMin: 0.2, roomBytes: Infinity };

/** The segments that a compaction reads, and the tombstones that it keeps. */
export interface CompactionPlan {
  readonly sources: readonly TrackedSegment[];
  /** Tombstones of this and later commits are kept: an older entry of their key may be in a segment that is not read. */
  readonly tombstonesKeptFrom: number;
}

/**
 * Chooses the segments to compact; undefined when no compaction is needed. Frames are appended to `open`, no longer to `closed`.
 *
 * STORE-P1. A tombstone is dropped only when no remaining segment can hold an older entry of its key: the segment begins with a later commit, or
 *     it was clean at that commit, which means that every entry in it was the newest of its key.
 */
export function planCompaction(
  closed: readonly TrackedSegment[],
  open: TrackedSegment,
  segmentBytesMax: number,
  pressure: CompactionPressure = noPressure,
): CompactionPlan | undefined {
  const units = sum(closed, (segment) => segment.units);
  if (units <= pressure.spaceFactorMax * sum(closed, (segment) => segment.liveUnits)) return undefined;
  const all = [...closed, open];
  const worth = worthReading(closed, all, segmentBytesAt(all.length, segmentBytesMax), pressure);
  const sources = worth.length > 0 ? worth : blockingTombstones(closed, open, units);
  if (sources.length === 0) return undefined;
  const read = new Set(sources);
  return { sources, tombstonesKeptFrom: tombstonesKeptFrom(all.filter((segment) => !read.has(segment))) };
}

/** Returns the first commit whose tombstones must be kept because of these segments. */
function tombstonesKeptFrom(staying: readonly TrackedSegment[]): number {
  return staying.reduce((from, segment) => Math.min(from, neededFrom(segment)), Infinity);
}

/** Returns the first commit whose tombstones may have an older entry in the segment. */
function neededFrom({ listed }: TrackedSegment): number {
  return listed.kind === 'log' ? listed.commitsBefore + 1 : Math.max(listed.commitMin, listed.cleanAt + 1);
}

/** Returns the segments with the largest reclaimable share, as many as fill one new segment. Small segments are merged with them. */
function worthReading(
  closed: readonly TrackedSegment[],
  all: readonly TrackedSegment[],
  segmentBytes: number,
  { reclaimableMin, roomBytes }: CompactionPressure,
): TrackedSegment[] {
  const roomUnits = unitsOf(segmentBytes);
  const reclaimable = reclaimableUnits(all);
  const candidates = closed
    .map((segment) => ({ segment, copied: segment.units - reclaimable(segment), share: reclaimable(segment) / Math.max(1, segment.units) }))
    .sort((a, b) => b.share - a.share);
  const sources: TrackedSegment[] = [];
  // A copy that does not fit into a segment gets a larger one. A copy that does not fit on the disk is not begun.
  let [room, left] = [roomUnits, Number.isFinite(roomBytes) ? unitsOf(roomBytes) : Infinity];
  for (const { segment, copied, share } of candidates) {
    const joins = sources.length > 0 && segment.listed.kind === 'kept' && segment.units < roomUnits * smallSegment;
    const fits = (copied <= room || sources.length === 0) && copied <= left;
    if (!fits || (share < reclaimableMin && !joins)) continue;
    sources.push(segment);
    room -= copied;
    left -= copied;
  }
  return sources;
}

/** Returns the reclaimable units of a segment: entries that are not the newest, and tombstones if all of them can be dropped. */
function reclaimableUnits(all: readonly TrackedSegment[]): (segment: TrackedSegment) => number {
  const [lowest = Infinity, second = Infinity] = all.map(neededFrom).sort((a, b) => a - b);
  const begins = all.flatMap(({ listed }) => (listed.kind === 'log' ? listed.commitsBefore : [])).sort((a, b) => a - b);
  const lastCommits = new Map(begins.map((begin, index) => [begin, begins[index + 1] ?? Infinity]));
  return (segment) => {
    const { listed, units, liveUnits, tombstoneUnits } = segment;
    const lastCommit = listed.kind === 'kept' ? listed.commitMax : (lastCommits.get(listed.commitsBefore) ?? Infinity);
    const keptFrom = neededFrom(segment) === lowest ? second : lowest;
    return lastCommit < keptFrom ? units - liveUnits : Math.max(0, units - liveUnits - tombstoneUnits);
  };
}

/** When tombstones are the main garbage, returns the segment that blocks most of them. After it is rewritten they can be dropped. */
function blockingTombstones(closed: readonly TrackedSegment[], { listed: open }: TrackedSegment, units: number): readonly TrackedSegment[] {
  if (sum(closed, (segment) => segment.tombstoneUnits) < units * tombstonesMin) return [];
  const [first, ...others] = closed;
  if (first === undefined) return [];
  const oldest = others.reduce((found, segment) => (neededFrom(segment) < neededFrom(found) ? segment : found), first);
  // A segment that was rewritten since the open segment began blocks none of them.
  return open.kind === 'log' && neededFrom(oldest) <= open.commitsBefore ? [oldest] : [];
}

function sum(segments: readonly TrackedSegment[], units: (segment: TrackedSegment) => number): number {
  return segments.reduce((total, segment) => total + units(segment), 0);
}
