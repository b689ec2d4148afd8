import { dirname, join } from 'node:path';
import { writeFullySync, type Disk } from '../disk.ts';
import { manifestName, replaceSegments, writeManifest, type ListedKeptSegment, type Manifest, type ListedSegment } from './manifest.ts';
import { encodeSegmentHeader, segmentHeaderBytes, segmentPath } from '../format/segment-format.ts';
import { roomKeptBytes, segmentBytesAt } from '../store-limits.ts';
import { ensureMarked, ensureSize, isMarked } from './writer-mark.ts';

/** Where appending goes on, and what new segments are like. Survives being copied to another thread. */
export interface AppendStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
  /** The mark of this writer; see writer-mark.ts. */
  readonly mark: string;
  readonly segment: number;
  readonly offset: number;
  readonly segmentBytesMax: number;
  /** Commits that the log holds. */
  readonly commits: number;
  /** What stands in the folder above. */
  readonly manifest: Manifest;
}

export interface FramePosition {
  readonly segment: number;
  readonly offset: number;
}

/** Segments that a compaction read, and what it wrote in their place. */
export interface Replacement {
  readonly removed: readonly number[];
  readonly added: readonly ListedKeptSegment[];
}

/**
 * Appends frames to segments on the calling thread, and begins the next segment when one is full. The only one that writes the manifest.
 *
 * STORE-A1. When `append` returns, the frame survives a crash of the machine.
 * STORE-A2. A segment is begun only when everything before it is synced, and its name is durable, in the folder and in the manifest, before it
 *     takes a frame.
 * STORE-A3. After an error nothing is written any more: what a failed write or sync left on the disk is unknown, and trying again can report
 *     success for data that is gone.
 * STORE-A4. Nothing is written unless the folder is as this writer left it: its mark is there, and the manifest and the segment have the sizes they
 *     had. What was written counts only when the mark is still there afterwards, so that whoever took the folder meanwhile has read it.
 */
export class SegmentAppender {
  readonly #start: AppendStart;
  readonly #disk: Disk;
  readonly #manifestPath: string;
  #manifest: Manifest;
  /** Of the file; undefined until it is looked at for the first time. */
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

  /** Begins the next segment, so that a compaction can read the one before. Returns the number of the one that takes the next frame. */
  beginSegment(): number {
    return this.#unlessFailed(() => {
      this.#ensureUnchanged();
      if (this.#offset > segmentHeaderBytes) this.#beginSegment();
      return this.#segment;
    });
  }

  /** A number for a segment that somebody else writes. */
  reserveNumber(): number {
    return this.#unlessFailed(() => {
      this.#ensureUnchanged();
      return this.#nextNumber++;
    });
  }

  /** Makes a compaction count; when it returns, a crash of the machine does not undo it. */
  replace({ removed, added }: Replacement): void {
    this.#unlessFailed(() => {
      this.#ensureUnchanged();
      this.#writeManifest(replaceSegments(this.#manifest, removed, added));
    });
  }

  /** Returns the manifest as it is on the disk; undefined when that is unknown, after an error, or when the folder is another writer's. */
  close(): Manifest | undefined {
    this.#closeFile();
    const known = this.#failure === undefined && this.#isMarked();
    this.#failure ??= new Error('the appender is closed');
    return known ? this.#manifest : undefined;
  }

  /** False also when the disk cannot tell. */
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
    // A frame larger than a segment gets one of its own.
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

  /** The last room of a disk is not for commits. */
  #ensureRoom(bytes: number): void {
    const { segmentsFolder, segmentBytesMax } = this.#start;
    const { freeBytes, totalBytes } = this.#disk.spaceSync(segmentsFolder);
    const kept = Math.ceil(roomKeptBytes(segmentBytesMax, totalBytes));
    if (freeBytes - bytes >= kept) return;
    const message = `ENOSPC: ${freeBytes} bytes are free, and ${kept} of them are kept for giving back the space of old state`;
    throw Object.assign(new Error(message), { code: 'ENOSPC' });
  }

  /** STORE-A4, before. */
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

  /** Once only, also when closing fails: the number may mean another file by then. */
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

/** Creates a segment without frames, durably, and leaves it open. */
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
