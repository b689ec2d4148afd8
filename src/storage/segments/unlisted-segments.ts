import { readFullySync, type Disk } from '../disk.ts';
import { frameHeaderBytes, parseFrameHeader } from '../format/frame-format.ts';
import type { Manifest } from './manifest.ts';
import { manifestName } from './manifest.ts';
import { checksumSeedOf, segmentHeaderBytes, segmentNumbers, segmentPath, segmentsFolderOf } from '../format/segment-format.ts';
import { corruptError, unusableError } from '../store-errors.ts';

/**
 * Removes segment files that the manifest does not list: created right before a crash, or compacted and not removed yet.
 * Throws STORE_CORRUPT when one of them holds a later commit than was recovered, since the manifest is not the newest one then.
 */
export function removeUnlistedSegments(disk: Disk, folder: string, storeId: string, manifest: Manifest, commits: number): void {
  const segmentsFolder = segmentsFolderOf(folder);
  const listed = new Set(manifest.segments.map(({ number }) => number));
  const unlisted = segmentNumbers(disk.listSync(segmentsFolder)).filter((number) => !listed.has(number));
  for (const number of unlisted) {
    const commit = firstCommit(disk, segmentPath(segmentsFolder, number), checksumSeedOf(storeId));
    if (commit > commits)
      throw corruptError(`${folder}/${manifestName}`, 0, `it does not name segment ${number}, which holds commit ${commit}`);
  }
  try {
    for (const number of unlisted) disk.removeSync(segmentPath(segmentsFolder, number));
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** Returns the commit of the first frame; 0 when there is no intact frame. */
function firstCommit(disk: Disk, path: string, checksumSeed: number): number {
  const header = Buffer.alloc(frameHeaderBytes);
  const file = disk.openSync(path, 'read');
  try {
    const bytesRead = readFullySync(disk, file, header, segmentHeaderBytes);
    return parseFrameHeader(header.subarray(0, bytesRead), 0, checksumSeed)?.commit ?? 0;
  } finally {
    disk.closeSync(file);
  }
}
