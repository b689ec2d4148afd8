import { resolve } from 'node:path';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { Compaction } from './compaction/compaction.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { lockFolder, type FolderLock } from './folder/folder-lock.ts';
import { InlineLogWriter, type LogWriterFactory } from './threads/writer.ts';
import { SegmentTable } from './index/segment-table.ts';
import { LogIndex } from './index/log-index.ts';
import { recoverLog } from './index/log-recovery.ts';
import { LogStore } from './log-store.ts';
import { NameHash } from './format/name-hash.ts';
import { InlineLogCopier, ThreadLogCopier, type LogCopierFactory } from './threads/copier.ts';
import { InlineLogReader, ThreadLogReader, type LogReaderFactory } from './threads/reader.ts';
import { checksumSeedOf, segmentsFolderOf, storeIdBytes } from './format/segment-format.ts';
import { ensureStateFolder, openFolder, protectFolder, upgradeFolder } from './folder/state-folder.ts';
import { unusableError } from './store-errors.ts';
import { compactionBytesPerSecondDefault, segmentBytesMaxDefault } from './store-limits.ts';
import { ThreadLogWriter } from './threads/writer-thread.ts';
import { removeUnlistedSegments } from './segments/unlisted-segments.ts';
import { removeMark, setMark } from './segments/writer-mark.ts';

export interface LogStoreOptions {
  /** The state folder; created when it is not there. */
  readonly folder: string;
  /** How large a segment grows before the next one is begun, in bytes. Smaller ones are compacted sooner, and cost more files. @defaultValue 64 MiB */
  readonly segmentBytesMax?: number;
  /** How much a compaction reads, in bytes a second, while garbage does not pile up. @defaultValue 64 MiB */
  readonly compactionBytesPerSecondMax?: number;
  /** Who writes, reads and compacts; threads of their own by default. */
  readonly threads?: StoreThreads;
  /** Called once, when the store has failed (S4). */
  readonly onFailure?: (error: Error) => void;
  readonly logger?: Logger;
  /** Told how far recovery is, in bytes. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void;
  /** What files are read and written with, but for the threads, which have the machine's. */
  readonly disk?: Disk;
}

/** What a store leaves to threads. */
export interface StoreThreads {
  readonly writer: LogWriterFactory;
  readonly reader: LogReaderFactory;
  readonly copier: LogCopierFactory;
}

const ownThreads: StoreThreads = {
  writer: (start) => new ThreadLogWriter(start),
  reader: (start) => new ThreadLogReader(start),
  copier: (start) => new ThreadLogCopier(start),
};

/** Everything on the caller's thread, which then waits for the disk: for tests and tools. */
export function inlineThreads(disk: Disk = nodeDisk): StoreThreads {
  return {
    writer: (start) => new InlineLogWriter(start, disk),
    reader: (start) => new InlineLogReader(start, disk),
    copier: (start) => new InlineLogCopier(start, disk),
  };
}

/**
 * Opens the store in a folder, creating it when the folder is empty. Takes the folder's lock first and recovers what was committed.
 *
 * Refuses with STATE_FOLDER_LOCKED, STATE_FOLDER_UNUSABLE, STATE_FOLDER_NOT_OURS, STORE_CORRUPT, STORE_FORMAT_NEWER or STORE_READ_FAILED.
 */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const { disk = nodeDisk } = options;
  const folder = resolve(options.folder);
  ensureStateFolder(disk, folder);
  const lock = await lockFolder(folder);
  let mark: string | undefined;
  try {
    mark = markedBy(disk, folder);
    return await openMarked(options, { folder, disk, lock, mark });
  } catch (error) {
    if (mark !== undefined) removeMark(disk, mark);
    await lock.release();
    // A system call on the way that nobody has named more precisely.
    throw StatefunError.is(error) || !('syscall' in toError(error)) ? error : unusableError(folder, error);
  }
}

/** From here on nobody else writes to the folder, whatever became of the lock. */
function markedBy(disk: Disk, folder: string): string {
  try {
    const mark = setMark(disk, folder);
    protectFolder(disk, folder);
    return mark;
  } catch (error) {
    throw unusableError(folder, error);
  }
}

interface MarkedFolder {
  readonly folder: string;
  readonly disk: Disk;
  readonly lock: FolderLock;
  readonly mark: string;
}

async function openMarked(options: LogStoreOptions, { folder, disk, lock, mark }: MarkedFolder): Promise<LogStore> {
  const startedAt = performance.now();
  const { logger = silentLogger, progress = () => undefined, threads = ownThreads, onFailure } = options;
  const { segmentBytesMax = segmentBytesMaxDefault, compactionBytesPerSecondMax = compactionBytesPerSecondDefault } = options;
  const opened = openFolder(disk, folder);
  const { manifest } = opened;
  const { storeId } = opened.identity;
  const index = new LogIndex();
  const segments = new SegmentTable();
  const hash = new NameHash(storeIdBytes(storeId));
  const recovered = await recoverLog({ disk, folder, storeId, manifest, index, segments, hash, logger, progress });
  removeUnlistedSegments(disk, folder, storeId, manifest, recovered.commits);
  const { identity, upgradedFrom } = upgradeFolder(disk, folder, opened);

  const { commits, frames, tornBytes, open } = recovered;
  const segmentsFolder = segmentsFolderOf(folder);
  const start = { segmentsFolder, storeId, mark, segment: open.listed.number, offset: open.bytes, segmentBytesMax, commits, manifest };
  const writer = threads.writer(start);
  const reader = threads.reader({ segmentsFolder, checksumSeed: checksumSeedOf(storeId) });
  const copier = threads.copier({ segmentsFolder, storeId, mark });
  const bytes = segments.named.reduce((sum, segment) => sum + segment.bytes, 0);
  const upgraded = upgradedFrom === undefined ? {} : { upgraded: upgradedFrom };
  const recovery = { commits, frames, bytes, tornBytes, keys: index.keys, durationMs: performance.now() - startedAt, ...upgraded };
  const compaction = (store: LogStore): Compaction =>
    new Compaction({
      ...{ index, segments, writer, reader, copier, segmentBytesMax, logger },
      bytesPerSecondMax: compactionBytesPerSecondMax,
      commits: () => store.stats().commits,
      open: () => store.openSegment,
      failed: (error) => store.fail(error),
    });
  const store = new LogStore({
    folder,
    disk,
    lock,
    mark,
    identity,
    recovery,
    index,
    segments,
    segmentBytesMax,
    hash,
    open,
    writer,
    reader,
    compaction,
    onFailure,
    logger,
  });
  try {
    await store.begin();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
