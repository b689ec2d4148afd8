import { unitsOf } from '../index/index-slots.ts';
import type { TrackedSegment } from '../index/segment-table.ts';
import { segmentBytesAt } from '../store-limits.ts';

/** Tombstones are what fills a store when they are so much of it. */
const tombstonesMin = 0.2;

/** Segments smaller than this part of a full one are joined when there is room. */
const smallSegment = 0.25;

/** How much a compaction is wanted; the space of a healthy store is given back without haste. */
export interface CompactionPressure {
  /** All entries of closed segments may have so much more than the newest ones before a compaction begins. */
  readonly spaceFactorMax: number;
  /** A segment is worth reading when so much of it can go; below it, only to let others shrink. */
  readonly reclaimableMin: number;
  /** How much may be written at once; no more than a segment in any case. */
  readonly roomBytes: number;
}

export const noPressure: CompactionPressure = { spaceFactorMax: 1.5, reclaimableMin: 0.2, roomBytes: Infinity };

/** What a compaction does: which segments it reads, and which tombstones it keeps. */
export interface CompactionPlan {
  readonly sources: readonly TrackedSegment[];
  /** Tombstones from this commit on are kept: an older entry of their key may be in a segment that is not read. */
  readonly tombstonesKeptFrom: number;
}

/**
 * Chooses the segments to compact, or none. `closed` are those that take no more frames, `open` the one that does.
 *
 * STORE-P1. A tombstone goes only when no segment that stays can hold an older entry of its key: the segment begins with a later commit, or it
 *     was clean at that commit, and then everything in it was the newest of its key.
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

/** The commit from which on tombstones must be kept for the sake of these segments. */
function tombstonesKeptFrom(staying: readonly TrackedSegment[]): number {
  return staying.reduce((from, segment) => Math.min(from, neededFrom(segment)), Infinity);
}

/** Tombstones before this commit have nothing to hide in the segment. */
function neededFrom({ listed }: TrackedSegment): number {
  return listed.kind === 'log' ? listed.commitsBefore + 1 : Math.max(listed.commitMin, listed.cleanAt + 1);
}

/** Those with the largest share of entries that can go, as many as leave one full segment; small ones join them. */
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
  // One that does not fit into a segment gets a larger one; what does not fit on the disk is not begun.
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

/** What of a segment can go: entries that are not the newest, and tombstones where all of them can. */
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

/** Where tombstones are what fills the store, the segment for whose sake most of them are kept: rewriting it lets them go. */
function blockingTombstones(closed: readonly TrackedSegment[], { listed: open }: TrackedSegment, units: number): readonly TrackedSegment[] {
  if (sum(closed, (segment) => segment.tombstoneUnits) < units * tombstonesMin) return [];
  const [first, ...others] = closed;
  if (first === undefined) return [];
  const oldest = others.reduce((found, segment) => (neededFrom(segment) < neededFrom(found) ? segment : found), first);
  // One that was rewritten since the open segment began keeps none of them.
  return open.kind === 'log' && neededFrom(oldest) <= open.commitsBefore ? [oldest] : [];
}

function sum(segments: readonly TrackedSegment[], units: (segment: TrackedSegment) => number): number {
  return segments.reduce((total, segment) => total + units(segment), 0);
}
