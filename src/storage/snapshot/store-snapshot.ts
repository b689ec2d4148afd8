import { crc32 } from 'node:zlib';
import { assertInvariant, StatefunError } from '../../shared/errors.ts';
import { nodeDisk, readFullySync, type Disk } from '../disk.ts';
import type { ListedSegment } from '../segments/manifest.ts';
import { missingCommits } from '../index/log-recovery.ts';
import { collectionOf, NewestEntries, type SnapshotEntry } from './newest-entries.ts';
import { intactEntryBytes, type EntrySpan } from '../format/entry-format.ts';
import { checksumSeedOf, hasSegmentHeader, segmentHeaderBytes } from '../format/segment-format.ts';
import { scanSegment, type Damage } from '../segments/segment-scan.ts';
import { openSnapshotFiles, type SnapshotFile, type SnapshotFiles } from './snapshot-files.ts';
import type { StoreIdentity } from '../folder/state-folder.ts';
import { corruptError, readFailedError } from '../store-errors.ts';

/** Log bytes per pass over the collections, 256 MiB. A pass keeps about a million keys in memory. */
const passBytes = 256 * 1024 * 1024;

export interface SnapshotOptions {
  readonly folder: string;
  readonly disk?: Disk;
  /** Reports the progress of reading. Reading a large store takes several passes. */
  readonly progress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
}

/** A segment at the time when the snapshot was opened. */
export interface SnapshotSegment {
  readonly number: number;
  readonly kind: ListedSegment['kind'];
  readonly path: string;
  /** Size up to the last complete commit. */
  readonly bytes: number;
}

/** Damage in a file. */
export interface SnapshotDamage {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

export interface CheckedSegments {
  readonly frames: number;
  readonly entries: number;
  readonly damages: readonly SnapshotDamage[];
}

interface OpenSegment extends SnapshotFile {
  /** Size of the part that belongs to the snapshot. */
  bytes: number;
}

/**
 * A store at one commit, read without its lock while an engine may write it.
 *
 * STORE-V1. It shows exactly one commit: the last complete one in the newest segment when the snapshot was opened.
 * STORE-V2. It changes nothing and delays no writer.
 */
export class StoreSnapshot {
  readonly identity: StoreIdentity;
  readonly folder: string;
  /** Number of the commit that is shown. */
  readonly commit: number;
  /** Bytes after this commit of an incomplete one: it is being written, or a crash interrupted it. */
  readonly unfinishedBytes: number;
  /** Damage that ends the newest segment, unless it is a torn tail; see {@link check}. */
  readonly #damage: Damage | undefined;
  readonly #options: SnapshotOptions;
  readonly #disk: Disk;
  readonly #segments: readonly OpenSegment[];
  readonly #checksumSeed: number;
  #buffer = Buffer.alloc(0);

  /** Opens a snapshot. Throws STATE_FOLDER_ABSENT when the folder holds no state, STORE_CORRUPT, STORE_READ_FAILED or STORE_FORMAT_NEWER. */
  static async open(options: SnapshotOptions): Promise<StoreSnapshot> {
    const { disk = nodeDisk, folder } = options;
    const opened = await openSnapshotFiles(disk, folder);
    try {
      return new StoreSnapshot(options, disk, opened);
    } catch (error) {
      for (const { file } of opened.files) disk.closeSync(file);
      throw error;
    }
  }

  private constructor(options: SnapshotOptions, disk: Disk, { identity, files, known }: SnapshotFiles) {
    this.#options = options;
    this.#disk = disk;
    this.#checksumSeed = checksumSeedOf(identity.storeId);
    this.#segments = files.map((file) => ({ ...file, bytes: file.size }));
    this.identity = identity;
    this.folder = options.folder;
    const scan = scanSegment(this.#read(this.#newest), segmentHeaderBytes, orderOf(this.#newest), this.#checksumSeed, () => undefined);
    this.#newest.bytes = scan.end;
    this.commit = scan.commit;
    const torn = scan.damage?.torn === true;
    const missing = missingCommits(known, scan.commit);
    const cut = missing === undefined ? undefined : { offset: scan.end, torn: false, reason: missing };
    this.#damage = torn ? cut : (scan.damage ?? cut);
    this.unfinishedBytes = torn ? this.#newest.size - scan.end : 0;
  }

  get segments(): readonly SnapshotSegment[] {
    return this.#segments.map(({ listed: { number, kind }, path, bytes }) => ({ number, kind, path, bytes }));
  }

  /** Returns the newest entries of one collection, in no particular order. Throws STORE_CORRUPT. */
  load(collection: string): SnapshotEntry[] {
    const entries: SnapshotEntry[] = [];
    this.#visitPass(
      (name) => name === collection,
      (entry) => entries.push(entry),
      (read) => this.#options.progress?.(read, this.#bytesTotal),
    );
    return entries;
  }

  /** Visits the newest entries of all wanted collections, collection by collection. Throws STORE_CORRUPT. */
  visit(wanted: (collection: string) => boolean, visit: (entry: SnapshotEntry) => void): void {
    const passes = Math.max(1, Math.ceil(this.#bytesTotal / passBytes));
    for (let pass = 0; pass < passes; pass += 1) {
      const inPass = (name: string): boolean => passes === 1 || crc32(name) % passes === pass;
      const read = (bytes: number): void => this.#options.progress?.(pass * this.#bytesTotal + bytes, passes * this.#bytesTotal);
      this.#visitPass((name) => inPass(name) && wanted(name), visit, read);
    }
  }

  /** Counts all entries of each segment, also those that are not the newest. Throws STORE_CORRUPT. */
  countEntries(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const segment of this.#segments) {
      let entries = 0;
      this.#scan(segment, () => (entries += 1));
      counts.set(segment.listed.number, entries);
    }
    return counts;
  }

  /** Reads every byte and compares every checksum, those of the entries included. Continues after damage where possible. */
  check(): CheckedSegments {
    const damages: SnapshotDamage[] = [];
    let [frames, entries, read] = [0, 0, 0];
    for (const segment of this.#segments) {
      const damaged = (offset: number, reason: string): void => void damages.push({ file: segment.path, offset, reason });
      try {
        const bytes = this.#read(segment);
        const scan = scanSegment(bytes, segmentHeaderBytes, orderOf(segment), this.#checksumSeed, (start) => {
          entries += 1;
          if (intactEntryBytes(bytes, start, this.#checksumSeed) === 0) damaged(start, 'the entry is not what was written');
        });
        frames += scan.frames;
        if (scan.damage !== undefined) damaged(scan.damage.offset, scan.damage.reason);
      } catch (error) {
        if (!StatefunError.is(error)) throw error;
        const { offset, reason } = error.facts;
        damaged(typeof offset === 'number' ? offset : 0, typeof reason === 'string' ? reason : error.summary);
      }
      this.#options.progress?.((read += segment.bytes), this.#bytesTotal);
    }
    if (this.#damage !== undefined) damages.push({ file: this.#newest.path, offset: this.#damage.offset, reason: this.#damage.reason });
    return { frames, entries, damages };
  }

  close(): void {
    for (const { file } of this.#segments) this.#disk.closeSync(file);
  }

  get #newest(): OpenSegment {
    const newest = this.#segments.at(-1);
    assertInvariant(newest !== undefined, 'a store has a segment');
    return newest;
  }

  get #bytesTotal(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #visitPass(wanted: (collection: string) => boolean, visit: (entry: SnapshotEntry) => void, progress: (read: number) => void): void {
    const newest = new NewestEntries();
    let read = 0;
    for (const segment of this.#segments) {
      this.#scan(segment, (bytes, start, entry) => {
        if (wanted(collectionOf(bytes, start, entry))) newest.take(bytes, start, entry, segment.listed.number);
      });
      progress((read += segment.bytes));
    }
    newest.visit(visit);
  }

  #scan(segment: OpenSegment, visit: (bytes: Buffer, start: number, entry: EntrySpan) => void): void {
    const bytes = this.#read(segment);
    const scan = scanSegment(bytes, segmentHeaderBytes, orderOf(segment), this.#checksumSeed, (start, entry) => visit(bytes, start, entry));
    const damage = scan.damage ?? (segment === this.#newest ? this.#damage : undefined);
    if (damage !== undefined) throw corruptError(segment.path, damage.offset, damage.reason);
  }

  /** Reads the segment into a buffer that the next read uses again. */
  #read({ path, file, bytes, listed }: OpenSegment): Buffer {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafeSlow(bytes);
    const target = this.#buffer.subarray(0, bytes);
    let bytesRead: number;
    try {
      bytesRead = readFullySync(this.#disk, file, target, 0);
    } catch (error) {
      throw readFailedError(path, error);
    }
    if (bytesRead < bytes) throw corruptError(path, bytesRead, 'the file is shorter than it was');
    if (hasSegmentHeader(target, path, this.identity.storeId, listed.number)) return target;
    throw corruptError(path, 0, 'the header of the segment is not what was written');
  }
}

function orderOf({ listed }: SnapshotFile): { readonly commitsBefore: number } | 'any' {
  return listed.kind === 'log' ? { commitsBefore: listed.commitsBefore } : 'any';
}
