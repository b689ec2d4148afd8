import { assertInvariant, StatefunError, toError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Compaction } from './compaction/compaction.ts';
import type { Disk } from './disk.ts';
import type { FolderLock } from './folder/folder-lock.ts';
import type { RequestHandler } from './folder/lock-requests.ts';
import { FrameEncoder } from './format/frame-encoder.ts';
import type { UnsealedFrame } from './format/unsealed-frame.ts';
import type { LogWriter } from './threads/writer.ts';
import type { FramePosition } from './segments/segment-appender.ts';
import { writeIndexDump } from './index/index-dump.ts';
import { IndexWriter } from './index/index-writer.ts';
import { pinLog, type PinnedLog } from './index/pinned-log.ts';
import type { TrackedSegment, SegmentTable } from './index/segment-table.ts';
import type { LogIndex } from './index/log-index.ts';
import type { Manifest } from './segments/manifest.ts';
import type { NameHash } from './format/name-hash.ts';
import type { LogReader } from './threads/reader.ts';
import { EntryReads } from './index/entry-reads.ts';
import { segmentHeaderBytes } from './format/segment-format.ts';
import { reclaimAllSpace, reclaimSpace, type SpaceReclaim } from './compaction/reclaim-space.ts';
import { finishUpgrade, type StoreIdentity, type UpgradedFrom } from './folder/state-folder.ts';
import { writeFailedError } from './store-errors.ts';
import { nameBytesMax } from './store-limits.ts';
import { removeMark } from './segments/writer-mark.ts';
import type { Store, StoreChange, StoredValue, StoreStats } from './store.ts';

/** What was found when the store was opened. */
export interface LogRecovery {
  readonly commits: number;
  /** Number of frames that were read; 0 when the index came from its dump. */
  readonly frames: number;
  readonly bytes: number;
  /** Bytes that were cut off, of a commit that never resolved. */
  readonly tornBytes: number;
  readonly keys: number;
  readonly durationMs: number;
  /** Set when an earlier version created the store, until {@link LogStore.finishUpgrade}. */
  readonly upgraded?: UpgradedFrom;
}

/** Statistics of a log store. */
export interface LogStoreStats extends StoreStats {
  readonly segments: number;
  /** Approximate size of the newest entries of all keys, in bytes. */
  readonly liveBytes: number;
  /** Memory used by the index, in bytes. */
  readonly indexBytes: number;
  /** Number of compactions since the store was opened. */
  readonly compactions: number;
}

/** @internal The parts of a log store, created by `openLogStore`. */
export interface LogStoreParts {
  readonly folder: string;
  readonly disk: Disk;
  readonly lock: FolderLock;
  readonly mark: string;
  readonly identity: StoreIdentity;
  readonly recovery: LogRecovery;
  readonly index: LogIndex;
  readonly segments: SegmentTable;
  readonly segmentBytesMax: number;
  readonly hash: NameHash;
  /** The segment to which the next frame is appended. */
  readonly open: TrackedSegment;
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly compaction: (store: LogStore) => Compaction;
  readonly onFailure: ((error: Error) => void) | undefined;
  readonly logger: Logger;
}

/**
 * A store in a folder: an append-only log with one frame for each commit, and an index in memory of the newest entry of each key.
 * Keeps STORE-S1 to STORE-S4. The index changes only when the frame survives a crash, so no read returns what could still be lost.
 */
export class LogStore implements Store {
  readonly identity: StoreIdentity;
  readonly recovery: LogRecovery;
  readonly #parts: LogStoreParts;
  readonly #encoder = new FrameEncoder();
  readonly #reads: EntryReads;
  readonly #indexWriter: IndexWriter;
  readonly #compaction: Compaction;
  /** Buffer for the name of the collection that is loaded. */
  readonly #name = Buffer.allocUnsafe(nameBytesMax);
  #commits: number;
  #open: TrackedSegment;
  #running: Promise<void> | undefined;
  #refusal: Error | undefined;
  #failed = false;
  #closing: Promise<void> | undefined;

  /** @internal Use `openLogStore`. */
  constructor(parts: LogStoreParts) {
    const { identity, recovery, index, segments, hash, reader } = parts;
    this.identity = identity;
    this.recovery = recovery;
    this.#parts = parts;
    this.#reads = new EntryReads(reader, segments);
    this.#indexWriter = new IndexWriter(index, segments, hash);
    this.#commits = recovery.commits;
    this.#open = parts.open;
    this.#compaction = parts.compaction(this);
  }

  /** @internal Prepares the store for its first commit: reclaims space and starts a compaction if one is due. */
  async begin(): Promise<void> {
    try {
      await reclaimSpace(this.#reclaim);
    } catch (error) {
      // The first commit shows whether the disk is writable.
      this.#parts.logger.warn('space could not be reclaimed before the start', { error: toError(error) });
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#compaction.consider();
  }

  /** Reclaims the space of everything but the newest entries, as far as there is room to write those again. No commit may run meanwhile. */
  async compact(): Promise<void> {
    assertInvariant(this.#running === undefined, 'no commit runs while a store is compacted');
    await reclaimAllSpace(this.#reclaim);
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    // A commit with a longer name is refused, so there is none.
    if (collection.length > nameBytesMax) return [];
    const { hash, index } = this.#parts;
    hash.updateCollection(this.#name, 0, this.#name.write(collection));
    const places = index.placesOf(hash.collection);
    try {
      return places.length === 0 ? [] : this.#reads.read(collection, places);
    } catch (error) {
      return Promise.reject(toError(error));
    }
  }

  async commit(changes: readonly StoreChange[]): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    assertInvariant(this.#running === undefined, 'a store runs at most one commit at a time');
    this.#running = this.#append(changes);
    try {
      await this.#running;
    } finally {
      this.#running = undefined;
    }
  }

  stats(): LogStoreStats {
    const { index, segments } = this.#parts;
    const listed = segments.listed;
    let bytes = 0;
    let liveBytes = 0;
    for (const segment of listed) {
      bytes += segment.bytes;
      // Units are rounded up, so only their ratio is used.
      liveBytes += segment.units === 0 ? 0 : (segment.bytes * segment.liveUnits) / segment.units;
    }
    const more = { segments: listed.length, liveBytes: Math.round(liveBytes), indexBytes: index.bytes };
    return { commits: this.#commits, bytes, keys: index.keys, ...more, compactions: this.#compaction.compactions };
  }

  /** Resolves when no compaction is running. */
  compacted(): Promise<void> {
    return this.#compaction.settled();
  }

  /** Pins the log after the last durable commit, for a copy of it. */
  pin(): PinnedLog {
    return pinLog(this.#parts.folder, this.#parts.segments, this.#open, this.#commits);
  }

  /** Handles requests of other processes from now on, until the store is closed. */
  answerRequests(handler: RequestHandler): void {
    this.#parts.lock.answer(handler);
  }

  /** Records that the contents are in the layout of this version, so that later starts do not upgrade them again. */
  finishUpgrade(): void {
    finishUpgrade(this.#parts.disk, this.#parts.folder, this.identity);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @internal The segment to which the next frame is appended. */
  get openSegment(): TrackedSegment {
    return this.#open;
  }

  /** @internal Makes the store fail: every later call rejects with the error (STORE-S4). */
  fail(error: Error): void {
    if (this.#failed || this.#closing !== undefined) return;
    this.#failed = true;
    this.#refusal = error;
    this.#compaction.stop();
    this.#parts.onFailure?.(error);
  }

  async #append(changes: readonly StoreChange[]): Promise<void> {
    try {
      const frame = this.#encoder.encode(this.#commits + 1, changes);
      this.#take(await this.#write(frame), frame, changes);
      this.#encoder.take();
    } catch (thrown) {
      const error = toError(thrown);
      this.fail(error);
      throw error;
    }
  }

  async #write(frame: UnsealedFrame): Promise<FramePosition> {
    try {
      return await this.#parts.writer.append(frame);
    } catch (error) {
      throw writeFailedError(this.#parts.folder, error);
    }
  }

  /** Takes over a frame that is durable. */
  #take({ segment, offset }: FramePosition, frame: UnsealedFrame, changes: readonly StoreChange[]): void {
    const begun = this.#switchTo(segment);
    this.#commits += 1;
    this.#open.bytes = offset + frame.byteLength;
    this.#indexWriter.apply(frame, changes, this.#open, offset);
    if (begun) this.#compaction.consider();
  }

  /** Switches to the segment with this number. Returns false when it already is the open one. */
  #switchTo(number: number): boolean {
    const { listed, bytes } = this.#open;
    if (number === listed.number) return false;
    this.#open.listed = { ...listed, bytes };
    this.#open = this.#parts.segments.add({ kind: 'log', number, commitsBefore: this.#commits }, segmentHeaderBytes);
    return true;
  }

  get #reclaim(): SpaceReclaim {
    const { disk, folder, segments, segmentBytesMax, writer } = this.#parts;
    return {
      disk,
      folder,
      segments,
      segmentBytesMax,
      open: () => this.#open,
      beginSegment: async () => void this.#switchTo(await writer.beginSegment()),
      compact: (pressure) => this.#compaction.hurry(pressure),
    };
  }

  async #close(): Promise<void> {
    const { folder, disk, mark, lock } = this.#parts;
    this.#refusal ??= new StatefunError('STORE_CLOSED', `the store in ${folder} is closed.`, { facts: { folder } });
    await this.#running?.catch(() => undefined); // the caller of the commit gets its error
    try {
      const manifest = await this.#closeParts();
      if (manifest !== undefined && !this.#failed) this.#dump(manifest.generation);
      removeMark(disk, mark);
    } finally {
      await lock.release();
    }
  }

  /** Closes all parts, even if closing one of them fails. */
  async #closeParts(): Promise<Manifest | undefined> {
    const { reader, writer } = this.#parts;
    let manifest: Manifest | undefined;
    try {
      await this.#compaction.close();
    } finally {
      try {
        await reader.close();
      } finally {
        manifest = await writer.close();
      }
    }
    return manifest;
  }

  /** Writes the index dump, which makes the next start faster. */
  #dump(generation: number): void {
    const { disk, folder, index, segments, identity, logger } = this.#parts;
    const { listed, bytes } = this.#open;
    const state = { storeId: identity.storeId, generation, commits: this.#commits, segment: listed.number, offset: bytes };
    try {
      writeIndexDump(disk, folder, state, index, segments);
    } catch (error) {
      logger.warn('the index dump could not be written; the next start reads all segments', { error: toError(error) });
    }
  }
}
