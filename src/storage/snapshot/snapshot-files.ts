import { join } from 'node:path';
import { hasCode, StatefunError } from '../../shared/errors.ts';
import { delay } from '../../shared/time/timers.ts';
import type { Disk } from '../disk.ts';
import { readDumpedState, type DumpedState } from '../index/index-dump.ts';
import type { ListedSegment } from '../segments/manifest.ts';
import { segmentPath, segmentsFolderOf } from '../format/segment-format.ts';
import { readFolder, storeFileName, type StoreIdentity } from '../folder/state-folder.ts';
import { corruptError, isSystemError, readFailedError } from '../store-errors.ts';

/** Most attempts to open a folder that changes meanwhile. A compaction ends every few seconds at most. */
const attemptsMax = 50;
const attemptDelayMs = 20;

/** A segment file that is open for reading. */
export interface SnapshotFile {
  readonly listed: ListedSegment;
  readonly path: string;
  readonly file: number;
  /** Size of the file when it was opened. */
  readonly size: number;
}

export interface SnapshotFiles {
  readonly identity: StoreIdentity;
  readonly files: readonly SnapshotFile[];
  /** State of the store at the last orderly stop, if there was one. */
  readonly known: DumpedState | undefined;
}

/**
 * Opens all segment files that the manifest lists before it reads any: files that a compaction removes afterwards stay readable. When a file is
 * missing, or a small file was replaced while it was read, it tries again.
 *
 * Throws STATE_FOLDER_ABSENT, STORE_CORRUPT, STORE_READ_FAILED or STORE_FORMAT_NEWER.
 */
export async function openSnapshotFiles(disk: Disk, folder: string): Promise<SnapshotFiles> {
  ensureStore(disk, folder);
  for (let attempt = 1; ; attempt += 1) {
    const files: SnapshotFile[] = [];
    try {
      // Read before the segments: a later dump may contain commits that these files do not have.
      const dumped = readDumpedState(disk, folder);
      const { identity, manifest } = readFolder(disk, folder);
      for (const listed of manifest.segments) files.push(openFile(disk, folder, listed));
      if (files.length === 0) throw corruptError(segmentsFolderOf(folder), 0, 'the manifest names no segment');
      return { identity, files, known: dumped?.storeId === identity.storeId ? dumped : undefined };
    } catch (error) {
      for (const { file } of files) disk.closeSync(file);
      const gone = isSystemError(error, 'ENOENT');
      const mayPass = gone || hasCode(error, 'STORE_CORRUPT') || hasCode(error, 'STORE_READ_FAILED');
      if (!mayPass || attempt === attemptsMax) throw gone ? missing(folder, error) : error;
    }
    await delay(attemptDelayMs);
  }
}

function ensureStore(disk: Disk, folder: string): void {
  let names: readonly string[];
  try {
    names = disk.listSync(folder);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') && !isSystemError(error, 'ENOTDIR')) throw readFailedError(folder, error);
    throw new StatefunError('STATE_FOLDER_ABSENT', `there is no folder ${folder}.`, { facts: { folder } });
  }
  if (names.includes(storeFileName)) return;
  throw new StatefunError('STATE_FOLDER_ABSENT', `${folder} holds no state: there is no ${storeFileName} in it.`, { facts: { folder } });
}

function openFile(disk: Disk, folder: string, listed: ListedSegment): SnapshotFile {
  const path = segmentPath(segmentsFolderOf(folder), listed.number);
  const file = disk.openSync(path, 'read');
  try {
    return { listed, path, file, size: listed.bytes ?? disk.sizeSync(path) };
  } catch (error) {
    disk.closeSync(file);
    throw error;
  }
}

function missing(folder: string, error: unknown): StatefunError {
  const { path = join(folder, 'segments') } = error as NodeJS.ErrnoException; // errors of the system name the file
  return corruptError(path, 0, 'the file is missing');
}
