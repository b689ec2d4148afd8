import { dirname } from 'node:path';
import { writeFullySync, type Disk } from './disk.ts';
import { replaceSegments, writeManifest, type KeptSegmentEntry, type Manifest, type SegmentEntry } from './manifest.ts';
import { encodeSegmentHeader, segmentHeaderBytes, segmentPath } from './segment-format.ts';
import { segmentBytesAt } from './store-limits.ts';

/** Where appending goes on, and what new segments are like. Survives being copied to another thread. */
export interface AppendStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
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
  readonly added: readonly KeptSegmentEntry[];
}

/**
 * Appends frames to segments on the calling thread, and begins the next segment when one is full. The only one that writes the manifest.
 *
 * A1. When `append` returns, the frame survives a crash of the machine.
 * A2. A segment is begun only when everything before it is synced, and its name is durable, in the folder and in the manifest, before it
 *     takes a frame.
 * A3. After an error nothing is written any more: what a failed write or sync left on the disk is unknown, and trying again can report
 *     success for data that is gone.
 */
export class SegmentAppender {
  readonly #start: AppendStart;
  readonly #disk: Disk;
  #manifest: Manifest;
  #nextNumber: number;
  #segment: number;
  #offset: number;
  #commits: number;
  #file: number | undefined;
  #failure: Error | undefined;

  constructor(start: AppendStart, disk: Disk) {
    this.#start = start;
    this.#disk = disk;
    this.#manifest = start.manifest;
    this.#nextNumber = start.manifest.nextNumber;
    this.#segment = start.segment;
    this.#offset = start.offset;
    this.#commits = start.commits;
  }

  append(frame: Uint8Array): FramePosition {
    return this.#unlessFailed(() => this.#append(frame));
  }

  /** A number for a segment that somebody else writes. */
  reserveNumber(): number {
    return this.#unlessFailed(() => this.#nextNumber++);
  }

  /** Makes a compaction count; when it returns, a crash of the machine does not undo it. */
  replace({ removed, added }: Replacement): void {
    this.#unlessFailed(() => this.#writeManifest(replaceSegments(this.#manifest, removed, added)));
  }

  /** Answers with the manifest as it is on the disk; undefined when that is unknown, after an error. */
  close(): Manifest | undefined {
    this.#closeFile();
    const manifest = this.#failure === undefined ? this.#manifest : undefined;
    this.#failure ??= new Error('the appender is closed');
    return manifest;
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
    const segmentBytesMax = segmentBytesAt(this.#manifest.segments.length, this.#start.segmentBytesMax);
    // A frame larger than a segment gets one of its own.
    if (this.#offset > segmentHeaderBytes && this.#offset + frame.byteLength > segmentBytesMax) this.#beginSegment();
    this.#file ??= this.#disk.openSync(segmentPath(this.#start.segmentsFolder, this.#segment), 'write');
    const position = { segment: this.#segment, offset: this.#offset };
    writeFullySync(this.#disk, this.#file, frame, this.#offset);
    this.#disk.fdatasyncSync(this.#file);
    this.#offset += frame.byteLength;
    this.#commits += 1;
    return position;
  }

  #beginSegment(): void {
    this.#closeFile();
    const number = this.#nextNumber++;
    this.#file = createSegment(this.#disk, this.#start.segmentsFolder, this.#start.storeId, number);
    const closed = this.#manifest.segments.map((entry) => (entry.number === this.#segment ? { ...entry, bytes: this.#offset } : entry));
    const begun: SegmentEntry = { kind: 'log', number, commitsBefore: this.#commits };
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
    writeManifest(this.#disk, dirname(this.#start.segmentsFolder), written);
    this.#manifest = written;
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
