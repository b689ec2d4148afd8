import { join } from 'node:path';
import { noPressure, type CompactionPressure } from './compaction-plan.ts';
import type { Disk } from '../disk.ts';
import { indexDumpName } from '../index/index-dump.ts';
import type { TrackedSegment, SegmentTable } from '../index/segment-table.ts';
import { roomKeptBytes } from '../store-limits.ts';

/** Space is short when less than so many segments fit on the disk. */
const roomSegmentsMin = 2;

/** Which part of the room that commits leave a compaction leaves for the manifest and what the file system needs. */
const roomForManifest = 1 / 4;

/** A store whose lives end before a compaction does has so much more than the newest entries in the end. */
const spaceFactorAtStart = 2;

/** Where short space or short lives are no reason any more; above it a running store does not wait between batches either. */
const spaceFactorRelieved = 1.65;

/** Which share of a segment has to go to make it worth reading: where space is short, and where all of it is wanted. */
const reclaimableWhenShort = 0.1;
const reclaimableAny = 0.01;

export interface SpaceReclaim {
  readonly disk: Disk;
  readonly folder: string;
  readonly segments: SegmentTable;
  readonly segmentBytesMax: number;
  /** The segment that takes the next frame. */
  readonly open: () => TrackedSegment;
  /** Begins the next one. */
  readonly beginSegment: () => Promise<void>;
  readonly compact: (pressure: () => CompactionPressure | undefined) => Promise<void>;
}

/**
 * Gives back space before the first commit, where that would fail or where a compaction would not come to its end:
 *
 * - when the disk is short of space: whatever can go, for as long as it is short. What was a disk full of garbage is none then.
 * - when garbage has piled up beyond what a store that lives on lets happen: each life gives back what earlier ones were too short for.
 */
export async function reclaimSpace(relief: SpaceReclaim): Promise<void> {
  const { disk, folder, segmentBytesMax, compact } = relief;
  const short = (): boolean => disk.spaceSync(folder).freeBytes < roomSegmentsMin * segmentBytesMax;
  if (short()) {
    // A copy of what the segments say. It is written again when the store is closed.
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

/** Gives back all space that can be given back. */
export async function reclaimAllSpace(relief: SpaceReclaim): Promise<void> {
  if (garbageUnits(relief.open()) > 0) await relief.beginSegment();
  await relief.compact(() => pressureOf(relief, reclaimableAny));
}

/** The newest entries are written again before the others go, so there has to be room for those of one segment; where all can go, for none. */
function pressureOf({ disk, folder, segmentBytesMax }: SpaceReclaim, reclaimableMin: number): CompactionPressure {
  const { freeBytes, totalBytes } = disk.spaceSync(folder);
  const roomBytes = Math.max(0, freeBytes - roomForManifest * roomKeptBytes(segmentBytesMax, totalBytes));
  return { spaceFactorMax: 1, reclaimableMin, roomBytes };
}

function garbageUnits({ units, liveUnits }: TrackedSegment): number {
  return units - liveUnits;
}

/** Of the segments that are closed. */
function spaceFactorOf({ segments, open }: SpaceReclaim): number {
  let [units, liveUnits] = [0, 0];
  for (const segment of segments.each()) {
    if (segment === open()) continue;
    units += segment.units;
    liveUnits += segment.liveUnits;
  }
  return units === 0 ? 0 : units / liveUnits;
}
