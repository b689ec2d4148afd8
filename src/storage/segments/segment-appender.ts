import { dirname, join } from 'node:path';
import { writeFullySync, type Disk } from '../disk.ts';
import { manifestName, replaceSegments, writeManifest, type ListedKeptSegment, type Manifest, type ListedSegment } from './manifest.ts';
import { encodeSegmentHeader, segmentHeaderBytes, segmentPath } from '../format/segment-format.ts';
import { roomKeptBytes, segmentBytesAt } from '../store-limits.ts';
import { ensureMarked, ensureSize, isMarked } from './writer-mark.ts';

/** Where appending continues, and the settings of new segments. Can be cloned to another thread. */
export interface AppendStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
  /** The mark of this writer; see writer-mark.ts. */
  readonly mark: string;
  readonly segment: number;
  readonly offset: number;
  readonly segmentBytesMax: number;
  /** Number of commits in the log. */
  readonly commits: number;
  /** The manifest in the state folder. */
  readonly manifest: Manifest;
}

export interface FramePosition {
  readonly segment: number;
  readonly offset: number;
}

/** Segments that a compaction read, and the segments that replace them. */
export interface Replacement {
  readonly removed: readonly number[];
  readonly added: readonly ListedKeptSegment[];
}

/**
 * Appends frames to segments on the calling thread, and begins the next segment when one is full. Nothing else writes the manifest.
 *
 * STORE-A1. When `append` returns, the frame survives a crash of the machine.
 * STORE-A2. A segment begins only when everything before it is synced. Its name is durable, in the folder and in the manifest, before a frame is
 *     appended to it.
 * STORE-A3. After an error nothing more is written: the result of a failed write or sync on the disk is unknown, and a second try can succeed
 *     for data that is lost.
 * STORE-A4. Nothing is written unless the folder is as this writer left it: its mark exists, and manifest and segment have the same sizes. A write
 *     counts only if the mark still exists afterwards, so that a process that took the folder over has read it.
 */
export class SegmentAppender {
  readonly #start: AppendStart;
  readonly #disk: Disk;
  readonly #manifestPath: string;
  #manifest: Manifest;
  /** Size of the manifest file; undefined until it is read for the first time. */
  #manifestBytes: number | undefined;
  #nextNumber: number;
  #segment: number;
  #offset: number;
  #commits: number;
  #file: number | undefined;
  #failure: Error | undefined;

  constructor(start: AppendStart, disk: Disk) {
    this.#start = start;
    this.#disk = disk;
    this.#manifestPath = join(dirname(start.segmentsFolder), manifestName);
    this.#manifest = start.manifest;
    this.#nextNumber = start.manifest.nextNumber;
    this.#segment = start.segment;
    this.#offset = start.offset;
    this.#commits = start.commits;
  }

  append(frame: Uint8Array): FramePosition {
    return this.#unlessFailed(() => this.#append(frame));
  }

  /** Begins the next segment, so that a compaction can read the previous one. Returns the number of the open segment. */
  beginSegment(): number {
    return this.#unlessFailed(() => {
      this.#ensureUnchanged();
      if (this.#offset > segmentHeaderBytes) this.#beginSegment();
      return this.#segment;
    });
  }

  /** Returns a number for a segment that a compaction writes. */
  reserveNumber(): number {
    return this.#unlessFailed(() => {
      this.#ensureUnchanged();
      return this.#nextNumber++;
    });
  }

  /** Replaces segments in the manifest. When it returns, the replacement survives a crash of the machine. */
  replace({ removed, added }: Replacement): void {
    this.#unlessFailed(() => {
      this.#ensureUnchanged();
      this.#writeManifest(replaceSegments(this.#manifest, removed, added));
    });
  }

  /** Returns the manifest on the disk; undefined after an error, or when another writer has taken the folder over. */
  close(): Manifest | undefined {
    this.#closeFile();
    const known = this.#failure === undefined && this.#isMarked();
    this.#failure ??= new Error('the appender is closed');
    return known ? this.#manifest : undefined;
  }

  /** Whether the mark exists; false also when the disk fails. */
  #isMarked(): boolean {
    try {
      return isMarked(this.#disk, this.#start.mark);
    } catch {
      return false;
    }
  }

  #unlessFailed<T>(work: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return work();
    } catch (error) {
      this.#failure = error as Error; // a disk throws Errors
      throw error;
    }
  }

  #append(frame: Uint8Array): FramePosition {
    this.#ensureUnchanged();
    this.#ensureRoom(frame.byteLength);
    const segmentBytesMax = segmentBytesAt(this.#manifest.segments.length, this.#start.segmentBytesMax);
    // A frame larger than a segment gets its own segment.
    if (this.#offset > segmentHeaderBytes && this.#offset + frame.byteLength > segmentBytesMax) this.#beginSegment();
    this.#file ??= this.#disk.openSync(segmentPath(this.#start.segmentsFolder, this.#segment), 'write');
    const position = { segment: this.#segment, offset: this.#offset };
    writeFullySync(this.#disk, this.#file, frame, this.#offset);
    this.#disk.fdatasyncSync(this.#file);
    ensureMarked(this.#disk, this.#start.mark);
    this.#offset += frame.byteLength;
    this.#commits += 1;
    return position;
  }

  /** Throws ENOSPC when the frame would use space that a compaction needs; see {@link roomKeptBytes}. */
  #ensureRoom(bytes: number): void {
    const { segmentsFolder, segmentBytesMax } = this.#start;
    const { freeBytes, totalBytes } = this.#disk.spaceSync(segmentsFolder);
    const kept = Math.ceil(roomKeptBytes(segmentBytesMax, totalBytes));
    if (freeBytes - bytes >= kept) return;
    const message = `ENOSPC: ${freeBytes} bytes are free, and ${kept} of them are kept for reclaiming the space of old state`;
    throw Object.assign(new Error(message), { code: 'ENOSPC' });
  }

  /** Checks STORE-A4 before a write. */
  #ensureUnchanged(): void {
    ensureMarked(this.#disk, this.#start.mark);
    if (this.#manifestBytes === undefined) this.#manifestBytes = this.#disk.sizeSync(this.#manifestPath);
    else ensureSize(this.#disk, this.#manifestPath, this.#manifestBytes);
    ensureSize(this.#disk, segmentPath(this.#start.segmentsFolder, this.#segment), this.#offset);
  }

  #beginSegment(): void {
    this.#closeFile();
    const number = this.#nextNumber++;
    this.#file = createSegment(this.#disk, this.#start.segmentsFolder, this.#start.storeId, number);
    const closed = this.#manifest.segments.map((listed) => (listed.number === this.#segment ? { ...listed, bytes: this.#offset } : listed));
    const begun: ListedSegment = { kind: 'log', number, commitsBefore: this.#commits };
    this.#writeManifest({ ...this.#manifest, generation: this.#manifest.generation + 1, segments: [...closed, begun] });
    this.#segment = number;
    this.#offset = segmentHeaderBytes;
  }

  /** Closes the file at most once, even if closing fails: the descriptor may belong to another file by then. */
  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#disk.closeSync(file);
  }

  #writeManifest(manifest: Manifest): void {
    const written = { ...manifest, nextNumber: this.#nextNumber };
    writeManifest(this.#disk, dirname(this.#start.segmentsFolder), written, () => ensureMarked(this.#disk, this.#start.mark));
    ensureMarked(this.#disk, this.#start.mark);
    this.#manifest = written;
    this.#manifestBytes = this.#disk.sizeSync(this.#manifestPath);
  }
}

/** Creates a segment without frames, durably. Returns its open file. */
export function createSegment(disk: Disk, segmentsFolder: string, storeId: string, segment: number): number {
  const file = disk.openSync(segmentPath(segmentsFolder, segment), 'create');
  try {
    writeFullySync(disk, file, encodeSegmentHeader(storeId, segment), 0);
    disk.fdatasyncSync(file);
    disk.syncFolderSync(segmentsFolder);
  } catch (error) {
    disk.closeSync(file);
    throw error;
  }
  return file;
}
