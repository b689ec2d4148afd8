import type { Logger } from '../shared/logger.ts';
import { readFully, writeFullySync, type Disk } from './disk.ts';
import { findLaterFrame } from './frame-format.ts';
import type { LogIndex } from './log-index.ts';
import type { LogRecord } from './record-format.ts';
import { checksumSeedOf, hasSegmentHeader, segmentHeaderBytes, segmentNumbers, segmentPath } from './segment-format.ts';
import { scanSegment, type SegmentScan } from './segment-scan.ts';
import { corruptError, isSystemError, readFailedError, unusableError } from './store-errors.ts';

/** How much is read between two reports of progress, 8 MiB. */
const readBytes = 8 * 1024 * 1024;

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly segmentsFolder: string;
  readonly storeId: string;
  readonly index: LogIndex;
  readonly logger: Logger;
  readonly progress: (bytesRead: number, bytesTotal: number) => void;
}

export interface RecoveredLog {
  readonly commits: number;
  readonly frames: number;
  /** Bytes of all segments, without what was cut. */
  readonly bytes: number;
  readonly tornBytes: number;
  /** Where the next frame goes. */
  readonly segment: number;
  readonly offset: number;
}

/**
 * Reads all segments, fills the index and makes the log ready to be appended to.
 *
 * R1. Every intact frame up to the first damage is recovered; damage that no interrupted write explains is refused with STORE_CORRUPT.
 * R2. When it returns, what it recovered survives a crash of the machine, whatever became of the last sync before.
 */
export async function recoverLog(options: RecoveryOptions): Promise<RecoveredLog> {
  const { disk, segmentsFolder } = options;
  const segments = listSegments(disk, segmentsFolder);
  const sizes = segments.map((segment) => sizeOf(disk, segmentPath(segmentsFolder, segment)));
  const bytesTotal = sizes.reduce((sum, size) => sum + size, 0);
  const state = { commits: 0, frames: 0, bytes: 0, tornBytes: 0, segment: 0, offset: 0 };
  let buffer = Buffer.alloc(0);
  let bytesRead = 0;
  for (const [position, segment] of segments.entries()) {
    const size = sizes[position] ?? 0;
    if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(size);
    const bytes = buffer.subarray(0, size);
    await readSegment(options, segment, bytes, (read) => options.progress((bytesRead += read), bytesTotal));
    recoverSegment(options, state, segment, bytes, segment === segments.length);
  }
  return state;
}

function listSegments(disk: Disk, segmentsFolder: string): number[] {
  let names: readonly string[];
  try {
    names = disk.listSync(segmentsFolder);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw readFailedError(segmentsFolder, error);
    names = [];
  }
  const segments = segmentNumbers(names);
  const missing = segments.findIndex((segment, position) => segment !== position + 1);
  if (missing === -1 && segments.length > 0) return segments;
  throw corruptError(segmentPath(segmentsFolder, missing === -1 ? 1 : missing + 1), 0, 'the file is missing');
}

function sizeOf(disk: Disk, path: string): number {
  try {
    return disk.sizeSync(path);
  } catch (error) {
    throw readFailedError(path, error);
  }
}

async function readSegment(options: RecoveryOptions, segment: number, bytes: Buffer, onRead: (bytes: number) => void): Promise<void> {
  const path = segmentPath(options.segmentsFolder, segment);
  try {
    const file = options.disk.openSync(path, 'read');
    try {
      for (let offset = 0; offset < bytes.length; offset += readBytes) {
        const part = bytes.subarray(offset, offset + readBytes);
        const length = await readFully(options.disk, file, part, offset);
        if (length < part.length) throw new Error('the file became shorter while it was read');
        onRead(length);
      }
    } finally {
      options.disk.closeSync(file);
    }
  } catch (error) {
    throw readFailedError(path, error);
  }
}

function recoverSegment(
  options: RecoveryOptions,
  state: { -readonly [K in keyof RecoveredLog]: RecoveredLog[K] },
  segment: number,
  bytes: Buffer,
  last: boolean,
): void {
  const path = segmentPath(options.segmentsFolder, segment);
  const checksumSeed = checksumSeedOf(options.storeId);
  if (!hasSegmentHeader(bytes, path, options.storeId, segment)) {
    // The first segment is whole before the store exists, and a later one before it takes a frame.
    const torn = last && segment > 1 && findLaterFrame(bytes, 0, state.commits, checksumSeed) === undefined;
    if (!torn) throw corruptError(path, 0, 'the header of the segment is not what was written');
    state.tornBytes += bytes.length;
    repair(options, () => removeSegment(options, path));
    return;
  }
  const scan = scanSegment(bytes, segmentHeaderBytes, state.commits, checksumSeed, (record, start) => {
    indexRecord(options.index, record, segment, start);
  });
  if (scan.damage !== undefined && !(last && scan.damage.torn)) throw corruptError(path, scan.damage.offset, scan.damage.reason);
  if (last) repair(options, () => makeTailDurable(options.disk, path, bytes, scan, options.segmentsFolder));
  if (scan.damage !== undefined) {
    state.tornBytes += bytes.length - scan.end;
    options.logger.warn('cut off a commit that a crash interrupted', { file: path, offset: scan.end, bytes: bytes.length - scan.end });
  }
  state.commits = scan.commit;
  state.frames += scan.frames;
  state.bytes += scan.end;
  state.segment = segment;
  state.offset = scan.end;
}

function indexRecord(index: LogIndex, record: LogRecord, segment: number, start: number): void {
  if (record.value === undefined) index.remove(record.collection, record.key);
  else index.set(record.collection, record.key, { segment, offset: start, length: record.end - start });
}

function removeSegment({ disk, segmentsFolder, logger }: RecoveryOptions, path: string): void {
  disk.removeSync(path);
  disk.syncFolderSync(segmentsFolder);
  logger.warn('removed a segment that a crash interrupted before its first commit', { file: path });
}

/**
 * Cuts the torn tail and writes the last frame again (the header too when it is the only one). What was read may be in the page cache
 * alone: the process died before the sync, or the sync failed, and then the system counts those pages as written. Writing makes them
 * dirty again, so that this sync covers them.
 */
function makeTailDurable(disk: Disk, path: string, bytes: Buffer, scan: SegmentScan, segmentsFolder: string): void {
  const file = disk.openSync(path, 'write');
  try {
    if (scan.end < bytes.length) disk.truncateSync(file, scan.end);
    const from = scan.frames > 1 ? scan.lastFrameStart : 0;
    writeFullySync(disk, file, bytes.subarray(from, scan.end), from);
    disk.fdatasyncSync(file);
    disk.syncFolderSync(segmentsFolder);
  } finally {
    disk.closeSync(file);
  }
}

function repair(options: RecoveryOptions, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unusableError(options.segmentsFolder, error);
  }
}
