import { resolve } from 'node:path';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { Compaction } from './compaction/compaction.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { lockFolder, type FolderLock } from './folder/folder-lock.ts';
import { SegmentTable } from './index/segment-table.ts';
import { LogIndex } from './index/log-index.ts';
import { recoverLog } from './index/log-recovery.ts';
import { LogStore, type LogStoreParts } from './log-store.ts';
import type { Manifest } from './segments/manifest.ts';
import { NameHash } from './format/name-hash.ts';
import { checksumSeedOf, segmentsFolderOf, storeIdBytes } from './format/segment-format.ts';
import { ensureStateFolder, openFolder, protectFolder, upgradeFolder } from './folder/state-folder.ts';
import { unusableError } from './store-errors.ts';
import { compactionBytesPerSecondDefault, segmentBytesMaxDefault } from './store-limits.ts';
import { separateThreads, type StoreThreads } from './threads/store-threads.ts';
import { removeUnlistedSegments } from './segments/unlisted-segments.ts';
import { removeMark, setMark } from './segments/writer-mark.ts';

/** Options of `openLogStore`. */
export interface LogStoreOptions {
  /** The state folder. It is created if it does not exist. */
  readonly folder: string;
  /** Size in bytes at which the next segment begins. Smaller segments are compacted sooner but cost more files. @defaultValue 64 MiB */
  readonly segmentBytesMax?: number;
  /** Read rate of a compaction in bytes per second, while garbage does not pile up. @defaultValue 64 MiB */
  readonly compactionBytesPerSecondMax?: number;
  /** Where writing, reading and compacting run. @defaultValue `separateThreads` */
  readonly threads?: StoreThreads;
  /** Called once, when the store has failed (STORE-S4). */
  readonly onFailure?: (error: Error) => void;
  readonly logger?: Logger;
  /** Reports the progress of recovery, in bytes. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void;
  /**
   * The lock of the folder, if the caller has taken it already. The store releases it. @defaultValue a lock that is taken now
   *
   * @internal
   */
  readonly lock?: FolderLock;
  /** Disk used outside the threads, which always use the machine's disk. @defaultValue `nodeDisk` */
  readonly disk?: Disk;
}

/**
 * Opens the store in a folder, and creates it if the folder is empty. Takes the folder's lock first, then recovers all commits.
 *
 * Throws STATE_FOLDER_LOCKED, STATE_FOLDER_UNUSABLE, STATE_FOLDER_NOT_OURS, STORE_CORRUPT, STORE_FORMAT_NEWER or STORE_READ_FAILED.
 */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const { disk = nodeDisk } = options;
  const folder = resolve(options.folder);
  ensureStateFolder(disk, folder);
  const lock = options.lock ?? (await lockFolder(folder));
  let mark: string | undefined;
  try {
    mark = markFolder(disk, folder);
    return await openMarked(options, { folder, disk, lock, mark });
  } catch (error) {
    if (mark !== undefined) removeMark(disk, mark);
    await lock.release();
    // An error of a system call that has no error code of ours yet.
    throw StatefunError.is(error) || !('syscall' in toError(error)) ? error : unusableError(folder, error);
  }
}

/** Marks the folder as written by this process. From here on no other process writes to it, even if the lock is lost. */
function markFolder(disk: Disk, folder: string): string {
  try {
    const mark = setMark(disk, folder);
    protectFolder(disk, folder);
    return mark;
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** A folder that this process holds and marked. */
type MarkedFolder = Pick<LogStoreParts, 'folder' | 'disk' | 'lock' | 'mark'>;

async function openMarked(options: LogStoreOptions, marked: MarkedFolder): Promise<LogStore> {
  const startedAt = performance.now();
  const { folder, disk } = marked;
  const { logger = silentLogger, progress = () => undefined } = options;
  const opened = openFolder(disk, folder);
  const { manifest } = opened;
  const { storeId } = opened.identity;
  const contents = { index: new LogIndex(), segments: new SegmentTable(), hash: new NameHash(storeIdBytes(storeId)) };
  const { commits, frames, tornBytes, open } = await recoverLog({ disk, folder, storeId, manifest, ...contents, logger, progress });
  removeUnlistedSegments(disk, folder, storeId, manifest, commits);
  const { identity, upgradedFrom } = upgradeFolder(disk, folder, opened);
  const bytes = contents.segments.listed.reduce((sum, segment) => sum + segment.bytes, 0);
  const upgraded = upgradedFrom === undefined ? {} : { upgraded: upgradedFrom };
  const durationMs = performance.now() - startedAt;
  const recovery = { commits, frames, bytes, tornBytes, keys: contents.index.keys, durationMs, ...upgraded };
  const store = new LogStore(createParts(options, { ...marked, ...contents, manifest, identity, recovery, open }));
  try {
    await store.begin();
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A folder whose log is recovered. */
type RecoveredFolder = Pick<LogStoreParts, keyof MarkedFolder | 'index' | 'segments' | 'hash' | 'identity' | 'recovery' | 'open'> & {
  readonly manifest: Manifest;
};

function createParts(options: LogStoreOptions, { manifest, ...recovered }: RecoveredFolder): LogStoreParts {
  const { segmentBytesMax = segmentBytesMaxDefault, compactionBytesPerSecondMax = compactionBytesPerSecondDefault } = options;
  const { threads = separateThreads, logger = silentLogger, onFailure } = options;
  const { index, segments, open, mark, identity, recovery } = recovered;
  const { storeId } = identity;
  const segmentsFolder = segmentsFolderOf(recovered.folder);
  const position = { segment: open.listed.number, offset: open.bytes, commits: recovery.commits };
  const writer = threads.writer({ segmentsFolder, storeId, mark, segmentBytesMax, manifest, ...position });
  const reader = threads.reader({ segmentsFolder, checksumSeed: checksumSeedOf(storeId) });
  const copier = threads.copier({ segmentsFolder, storeId, mark });
  const compaction = (store: LogStore): Compaction =>
    new Compaction({
      index,
      segments,
      writer,
      reader,
      copier,
      segmentBytesMax,
      logger,
      bytesPerSecondMax: compactionBytesPerSecondMax,
      commits: () => store.stats().commits,
      open: () => store.openSegment,
      failed: (error) => store.fail(error),
    });
  return { ...recovered, segmentBytesMax, writer, reader, compaction, onFailure, logger };
}
