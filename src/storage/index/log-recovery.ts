import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../../shared/logger.ts';
import { readFullySync, writeFullySync, type Disk } from '../disk.ts';
import { readDumpedState, readIndexDump, type DumpedState } from './index-dump.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { LogIndex } from './log-index.ts';
import { manifestName, type Manifest, type ListedSegment } from '../segments/manifest.ts';
import type { NameHash } from '../format/name-hash.ts';
import { RecoveringIndex } from './recovering-index.ts';
import { checksumSeedOf, hasSegmentHeader, segmentHeaderBytes, segmentPath, segmentsFolderOf } from '../format/segment-format.ts';
import { scanSegment, type SegmentScan } from '../segments/segment-scan.ts';
import { corruptError, isSystemError, readFailedError, unusableError } from '../store-errors.ts';

/** Bytes read between two reports of progress, 8 MiB. */
const readBytes = 8 * 1024 * 1024;

export interface RecoveryOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly storeId: string;
  readonly manifest: Manifest;
  /** Empty index and segment table, which recovery fills. */
  readonly index: LogIndex;
  readonly segments: SegmentTable;
  readonly hash: NameHash;
  readonly logger: Logger;
  readonly progress: (bytesRead: number, bytesTotal: number) => void;
}

export interface RecoveredLog {
  readonly commits: number;
  /** Number of frames that were read; 0 when the index came from its dump. */
  readonly frames: number;
  readonly tornBytes: number;
  /** The segment to which the next frame is appended. */
  readonly open: TrackedSegment;
}

/**
 * Fills the index from its dump or from the segments that the manifest lists, and prepares the log for appending.
 *
 * STORE-R1. Every intact frame before the first damage is recovered. Damage that no interrupted write explains is refused with STORE_CORRUPT.
 * STORE-R2. When it returns, everything recovered survives a crash of the machine, even if the last sync before it failed.
 * STORE-R3. Everything is there that was there at the last orderly stop. A log that is shorter than the index dump says is refused.
 */
export async function recoverLog(options: RecoveryOptions): Promise<RecoveredLog> {
  const { disk, folder, manifest, index, segments, storeId } = options;
  const segmentsFolder = segmentsFolderOf(folder);
  const sizes = new Map(manifest.segments.map((listed) => [listed.number, sizeOf(disk, segmentsFolder, listed)]));
  const last = manifest.segments.at(-1)?.number ?? 0;
  const known = knownState(disk, folder, storeId);
  if (known !== undefined) ensureNotOlder(folder, known, manifest, sizes);
  repair(folder, () => {
    // A name that is visible may not be durable: an earlier process may have died between a rename and its sync.
    disk.syncFolderSync(folder);
    disk.syncFolderSync(segmentsFolder);
    // A log that is not writable is refused now, not by the first commit.
    disk.closeSync(disk.openSync(segmentPath(segmentsFolder, last), 'write'));
  });
  const where = { storeId, generation: manifest.generation, segment: last, offset: sizes.get(last) ?? 0 };
  const dumped = readIndexDump(disk, folder, where, index, segments);
  const open = segments.numbered(last);
  if (dumped !== undefined && open !== undefined) return { commits: dumped.commits, frames: 0, tornBytes: 0, open };
  return new SegmentRecovery(options, sizes, known).run();
}

function knownState(disk: Disk, folder: string, storeId: string): DumpedState | undefined {
  const known = readDumpedState(disk, folder);
  return known?.storeId === storeId ? known : undefined;
}

/** Checks STORE-R3 by file sizes. {@link missingCommits} checks it by commits. */
function ensureNotOlder(folder: string, known: DumpedState, manifest: Manifest, sizes: ReadonlyMap<number, number>): void {
  if (manifest.generation < known.generation) {
    const reason = `it is older than the one that was there when the store was closed: ${restored}`;
    throw corruptError(join(folder, manifestName), 0, reason);
  }
  const size = sizes.get(known.segment);
  if (size === undefined || size >= known.offset) return;
  const reason = `the file has ${size} bytes, and had ${known.offset} when the store was closed: ${restored}`;
  throw corruptError(segmentPath(segmentsFolderOf(folder), known.segment), size, reason);
}

/** Returns the reason why a log is damaged that ends before the commit of the index dump; undefined when it does not. */
export function missingCommits(known: DumpedState | undefined, commits: number): string | undefined {
  if (known === undefined || commits >= known.commits) return undefined;
  return `the log ends with commit ${commits}, and had commit ${known.commits} when the store was closed: ${restored}`;
}

/** Possible causes of a log that is too short. */
const restored = 'it was damaged, or an older copy was put back without its index.dump';

function sizeOf(disk: Disk, segmentsFolder: string, { number, bytes }: ListedSegment): number {
  const path = segmentPath(segmentsFolder, number);
  let size: number;
  try {
    size = disk.sizeSync(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw corruptError(path, 0, 'the file is missing');
    throw readFailedError(path, error);
  }
  if (bytes === undefined || bytes === size) return size;
  throw corruptError(path, Math.min(bytes, size), `the file has ${size} bytes, and had ${bytes} when it was closed`);
}

/** Recovers the index from all segments. */
class SegmentRecovery {
  readonly #options: RecoveryOptions;
  readonly #sizes: ReadonlyMap<number, number>;
  readonly #known: DumpedState | undefined;
  readonly #segmentsFolder: string;
  readonly #checksumSeed: number;
  readonly #index: RecoveringIndex;
  readonly #bytesTotal: number;
  #bytesRead = 0;
  #buffer = Buffer.alloc(0);
  #frames = 0;
  #tornBytes = 0;

  constructor(options: RecoveryOptions, sizes: ReadonlyMap<number, number>, known: DumpedState | undefined) {
    this.#options = options;
    this.#sizes = sizes;
    this.#known = known;
    this.#segmentsFolder = segmentsFolderOf(options.folder);
    this.#checksumSeed = checksumSeedOf(options.storeId);
    this.#index = new RecoveringIndex(options.index, options.segments, options.hash);
    this.#bytesTotal = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  async run(): Promise<RecoveredLog> {
    const { manifest } = this.#options;
    const last = manifest.segments.at(-1);
    let open: TrackedSegment | undefined;
    let commits = 0;
    for (const listed of manifest.segments) {
      const bytes = await this.#read(listed.number);
      const segment = this.#options.segments.add(listed, bytes.length);
      const scan = this.#scan(segment, bytes, listed === last);
      this.#frames += scan.frames;
      if (listed.kind === 'log') {
        // Commits between two log segments may be missing, since a compaction moved them. Commits never repeat.
        if (listed.commitsBefore < commits)
          throw this.#corrupt(listed, 0, `it begins behind commit ${listed.commitsBefore}, not ${commits}`);
        commits = scan.commit;
        open = segment;
      }
    }
    this.#index.finish();
    if (open === undefined) throw corruptError(this.#segmentsFolder, 0, 'the manifest names no segment that takes frames');
    return { commits, frames: this.#frames, tornBytes: this.#tornBytes, open };
  }

  async #read(number: number): Promise<Buffer> {
    const { disk, progress } = this.#options;
    const path = segmentPath(this.#segmentsFolder, number);
    const size = this.#sizes.get(number) ?? 0;
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size);
    const bytes = this.#buffer.subarray(0, size);
    try {
      const file = disk.openSync(path, 'read');
      try {
        for (let offset = 0; offset < size; offset += readBytes) {
          const part = bytes.subarray(offset, offset + readBytes);
          if (readFullySync(disk, file, part, offset) < part.length) throw new Error('the file became shorter while it was read');
          progress((this.#bytesRead += part.length), this.#bytesTotal);
          await nextTurn();
        }
      } finally {
        disk.closeSync(file);
      }
    } catch (error) {
      throw readFailedError(path, error);
    }
    return bytes;
  }

  #scan(segment: TrackedSegment, bytes: Buffer, last: boolean): SegmentScan {
    const { listed } = segment;
    const path = segmentPath(this.#segmentsFolder, listed.number);
    // A segment is complete before the manifest lists it (STORE-M1).
    if (!hasSegmentHeader(bytes, path, this.#options.storeId, listed.number))
      throw corruptError(path, 0, 'the header of the segment is not what was written');
    const order = listed.kind === 'log' ? { commitsBefore: listed.commitsBefore } : 'any';
    const scan = scanSegment(bytes, segmentHeaderBytes, order, this.#checksumSeed, (start, entry) => {
      this.#index.take(bytes, start, entry, segment);
    });
    const { damage } = scan;
    if (damage !== undefined && !(last && damage.torn)) throw corruptError(path, damage.offset, damage.reason);
    const missing = last ? missingCommits(this.#known, scan.commit) : undefined;
    if (missing !== undefined) throw corruptError(path, scan.end, missing);
    if (last) this.#makeTailDurable(segment, path, bytes, scan);
    return scan;
  }

  /**
   * Cuts the torn tail and writes the last frame again (with the header when it is the only frame). The frame may be in the page cache only:
   * the process died before the sync, or the sync failed and the system marked the pages as clean. Writing marks them as dirty again, so
   * that this sync covers them.
   */
  #makeTailDurable(segment: TrackedSegment, path: string, bytes: Buffer, scan: SegmentScan): void {
    const { disk, logger } = this.#options;
    repair(this.#segmentsFolder, () => {
      const file = disk.openSync(path, 'write');
      try {
        if (scan.end < bytes.length) disk.truncateSync(file, scan.end);
        const from = scan.frames > 1 ? scan.lastFrameStart : 0;
        writeFullySync(disk, file, bytes.subarray(from, scan.end), from);
        disk.fdatasyncSync(file);
      } finally {
        disk.closeSync(file);
      }
    });
    segment.bytes = scan.end;
    if (scan.end === bytes.length) return;
    this.#tornBytes = bytes.length - scan.end;
    logger.warn('cut off a commit that a crash interrupted', { file: path, offset: scan.end, bytes: this.#tornBytes });
  }

  #corrupt({ number }: ListedSegment, offset: number, reason: string): Error {
    return corruptError(segmentPath(this.#segmentsFolder, number), offset, reason);
  }
}

function repair(folder: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unusableError(folder, error);
  }
}
