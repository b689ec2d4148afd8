import { join } from 'node:path';
import { noPressure, type CompactionPressure } from './compaction-plan.ts';
import type { Disk } from '../disk.ts';
import { indexDumpName } from '../index/index-dump.ts';
import type { TrackedSegment, SegmentTable } from '../index/segment-table.ts';
import { roomKeptBytes } from '../store-limits.ts';

/** Space is short when fewer segments than this fit on the disk. */
const roomSegmentsMin = 2;

/** Share of the space kept free by commits that a compaction leaves for the manifest and the file system. */
const roomForManifest = 1 / 4;

/** Ratio of all entries to the newest ones above which a start reclaims space: earlier runs ended before a compaction did. */
const spaceFactorAtStart = 2;

/** Ratio at which a start stops reclaiming space. Above it a running store does not wait between batches either. */
const spaceFactorRelieved = 1.65;

/** Reclaimable share that makes a segment worth reading: when space is short, and when all space is wanted. */
const reclaimableWhenShort = 0.1;
const reclaimableAny = 0.01;

export interface SpaceReclaim {
  readonly disk: Disk;
  readonly folder: string;
  readonly segments: SegmentTable;
  readonly segmentBytesMax: number;
  /** The segment to which the next frame is appended. */
  readonly open: () => TrackedSegment;
  /** Begins the next segment. */
  readonly beginSegment: () => Promise<void>;
  readonly compact: (pressure: () => CompactionPressure | undefined) => Promise<void>;
}

/**
 * Reclaims space before the first commit:
 *
 * - when the disk is short of space: everything reclaimable, until space is no longer short. This frees a disk that is full of garbage.
 * - when more garbage has piled up than a running store allows: earlier runs were too short to finish a compaction.
 */
export async function reclaimSpace(relief: SpaceReclaim): Promise<void> {
  const { disk, folder, segmentBytesMax, compact } = relief;
  const short = (): boolean => disk.spaceSync(folder).freeBytes < roomSegmentsMin * segmentBytesMax;
  if (short()) {
    // The index dump is a copy. It is written again when the store is closed.
    disk.removeSync(join(folder, indexDumpName));
    const pressure = (): CompactionPressure | undefined => (short() ? pressureOf(relief, reclaimableWhenShort) : undefined);
    await compact(pressure);
    if (short() && garbageUnits(relief.open()) > 0) {
      await relief.beginSegment();
      await compact(pressure);
    }
  }
  if (spaceFactorOf(relief) <= spaceFactorAtStart) return;
  await compact(() => (spaceFactorOf(relief) > spaceFactorRelieved ? noPressure : undefined));
}

/** Reclaims all space that can be reclaimed. */
export async function reclaimAllSpace(relief: SpaceReclaim): Promise<void> {
  if (garbageUnits(relief.open()) > 0) await relief.beginSegment();
  await relief.compact(() => pressureOf(relief, reclaimableAny));
}

/** The newest entries are written again before old segments are removed, so a compaction needs room for those of one segment. */
function pressureOf({ disk, folder, segmentBytesMax }: SpaceReclaim, reclaimableMin: number): CompactionPressure {
  const { freeBytes, totalBytes } = disk.spaceSync(folder);
  const roomBytes = Math.max(0, freeBytes - roomForManifest * roomKeptBytes(segmentBytesMax, totalBytes));
  return { spaceFactorMax: 1, reclaimableMin, roomBytes };
}

function garbageUnits({ units, liveUnits }: TrackedSegment): number {
  return units - liveUnits;
}

/** Returns the ratio of all entries to the newest ones in closed segments. */
function spaceFactorOf({ segments, open }: SpaceReclaim): number {
  let [units, liveUnits] = [0, 0];
  for (const segment of segments.each()) {
    if (segment === open()) continue;
    units += segment.units;
    liveUnits += segment.liveUnits;
  }
  return units === 0 ? 0 : units / liveUnits;
}
