import { resolve } from 'node:path';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { lockFolder, type FolderLock } from './folder-lock.ts';
import { FrameEncoder, type EncodedFrame } from './frame-encoder.ts';
import type { AppendedFrame, FrameWriter, FrameWriterFactory } from './frame-writer.ts';
import { LogIndex } from './log-index.ts';
import { recoverLog, type RecoveredLog } from './log-recovery.ts';
import { RecordReader } from './record-reader.ts';
import { checksumSeedOf, segmentHeaderBytes, segmentsFolderOf } from './segment-format.ts';
import { ensureStateFolder, openStoreFile, type StoreIdentity } from './state-folder.ts';
import { writeFailedError } from './store-errors.ts';
import { segmentBytesMaxDefault } from './store-limits.ts';
import type { Store, StoreChange, StoredEntry, StoreStats } from './store.ts';
import { ThreadFrameWriter } from './thread-frame-writer.ts';

export interface LogStoreOptions {
  /** The state folder; created when it is not there. */
  readonly folder: string;
  /** How large a segment grows before the next one is begun, in bytes. */
  readonly segmentBytesMax?: number;
  /** What appends the frames; a thread of its own by default. */
  readonly writer?: FrameWriterFactory;
  /** Called once, when a commit failed and with it the store (S4). */
  readonly onFailure?: (error: Error) => void;
  readonly logger?: Logger;
  /** Told how far recovery is, in bytes. */
  readonly progress?: (bytesRead: number, bytesTotal: number) => void;
  /** What files are read and written with, but for the writer thread, which has the machine's. */
  readonly disk?: Disk;
}

/** What opening the store found. */
export interface LogRecovery {
  readonly commits: number;
  readonly frames: number;
  readonly bytes: number;
  /** Bytes of a commit that never resolved, cut off. */
  readonly tornBytes: number;
  readonly entries: number;
  readonly durationMs: number;
}

/**
 * Opens the store in a folder, creating it when the folder is empty. Takes the folder's lock first and recovers what was committed.
 *
 * Refuses with STATE_FOLDER_LOCKED, STATE_FOLDER_UNUSABLE, STATE_FOLDER_NOT_OURS, STORE_CORRUPT, STORE_FORMAT_NEWER or STORE_READ_FAILED.
 */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const startedAt = performance.now();
  const { disk = nodeDisk, logger = silentLogger, progress = () => undefined } = options;
  const folder = resolve(options.folder);
  ensureStateFolder(disk, folder);
  const lock = await lockFolder(folder);
  try {
    const identity = await openStoreFile(disk, folder);
    const { storeId } = identity;
    const segmentsFolder = segmentsFolderOf(folder);
    const index = new LogIndex();
    const log = await recoverLog({ disk, segmentsFolder, storeId, index, logger, progress });
    const reader = new RecordReader(segmentsFolder, checksumSeedOf(storeId), disk);
    const { segmentBytesMax = segmentBytesMaxDefault, writer = (start) => new ThreadFrameWriter(start) } = options;
    const parts = { folder, lock, index, reader, log, identity, onFailure: options.onFailure };
    const frames = writer({ segmentsFolder, storeId, segment: log.segment, offset: log.offset, segmentBytesMax });
    return new LogStore({ ...parts, writer: frames, durationMs: performance.now() - startedAt });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface LogStoreParts {
  readonly folder: string;
  readonly lock: FolderLock;
  readonly identity: StoreIdentity;
  readonly index: LogIndex;
  readonly reader: RecordReader;
  readonly log: RecoveredLog;
  readonly writer: FrameWriter;
  readonly onFailure: ((error: Error) => void) | undefined;
  readonly durationMs: number;
}

/**
 * A store in a folder: an append-only log with one frame a commit, and an index in memory that says where each entry's newest record is.
 * Keeps S1 to S4 of the store port. The index changes only when the frame survives a crash, so nobody reads what could still be lost.
 */
export class LogStore implements Store {
  readonly identity: StoreIdentity;
  readonly recovery: LogRecovery;
  readonly #parts: LogStoreParts;
  readonly #encoder: FrameEncoder;
  #commits: number;
  #bytes: number;
  #segment: number;
  #underWay: Promise<void> | undefined;
  #refusal: Error | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Use {@link openLogStore}. */
  constructor(parts: LogStoreParts) {
    const { commits, frames, bytes, tornBytes } = parts.log;
    this.identity = parts.identity;
    this.recovery = { commits, frames, bytes, tornBytes, entries: parts.index.entries, durationMs: parts.durationMs };
    this.#parts = parts;
    this.#encoder = new FrameEncoder(checksumSeedOf(parts.identity.storeId));
    this.#commits = commits;
    this.#bytes = bytes;
    this.#segment = parts.log.segment;
  }

  load(collection: string): readonly StoredEntry[] | Promise<readonly StoredEntry[]> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    const locations = this.#parts.index.locations(collection);
    return locations === undefined ? [] : this.#parts.reader.read(collection, locations);
  }

  collections(prefix: string): readonly string[] {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#parts.index.collections(prefix);
  }

  async commit(changes: readonly StoreChange[]): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    assertInvariant(this.#underWay === undefined, 'at most one commit of a store is under way');
    this.#underWay = this.#append(changes);
    try {
      await this.#underWay;
    } finally {
      this.#underWay = undefined;
    }
  }

  stats(): StoreStats {
    return { commits: this.#commits, bytes: this.#bytes, entries: this.#parts.index.entries };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #append(changes: readonly StoreChange[]): Promise<void> {
    try {
      const frame = this.#encoder.encode(this.#commits + 1, changes);
      // The writer takes the bytes away; how many they are is kept here.
      const bytes = frame.bytes.byteLength;
      const appended = await this.#write(frame);
      this.#commits += 1;
      this.#bytes += appended.segment === this.#segment ? bytes : bytes + segmentHeaderBytes;
      this.#segment = appended.segment;
      this.#encoder.recycle(appended.buffer);
      this.#index(changes, frame.recordOffsets, appended);
    } catch (error) {
      this.#refusal = error as Error; // encoder and #write throw Errors
      this.#parts.onFailure?.(this.#refusal);
      throw error;
    }
  }

  async #write(frame: EncodedFrame): Promise<AppendedFrame> {
    try {
      return await this.#parts.writer.append(frame.bytes);
    } catch (error) {
      throw writeFailedError(this.#parts.folder, error);
    }
  }

  #index(changes: readonly StoreChange[], recordOffsets: readonly number[], { segment, offset: frameOffset }: AppendedFrame): void {
    let start = recordOffsets[0] ?? 0;
    for (const [position, { collection, key, value }] of changes.entries()) {
      const end = recordOffsets[position + 1] ?? start;
      if (value === undefined) this.#parts.index.remove(collection, key);
      else this.#parts.index.set(collection, key, { segment, offset: frameOffset + start, length: end - start });
      start = end;
    }
  }

  async #close(): Promise<void> {
    this.#refusal ??= new StatefunError('STORE_CLOSED', `the store in ${this.#parts.folder} is closed.`, {
      facts: { folder: this.#parts.folder },
    });
    await this.#underWay?.catch(() => undefined); // whoever asked for the commit is told
    this.#parts.reader.close();
    try {
      await this.#parts.writer.close();
    } finally {
      await this.#parts.lock.release();
    }
  }
}
