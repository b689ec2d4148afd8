import { writeFullySync, type Disk } from './disk.ts';
import { encodeSegmentHeader, segmentHeaderBytes, segmentPath } from './segment-format.ts';

/** Where appending goes on, and what new segments are like. Survives being copied to another thread. */
export interface AppendStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
  readonly segment: number;
  readonly offset: number;
  readonly segmentBytesMax: number;
}

export interface FramePosition {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Appends frames to segments on the calling thread, and begins the next segment when one is full.
 *
 * A1. When `append` returns, the frame survives a crash of the machine.
 * A2. A segment is begun only when everything before it is synced, and its name is durable before it takes a frame.
 * A3. After an error nothing is written any more: what a failed write or sync left on the disk is unknown, and trying again can report
 *     success for data that is gone.
 */
export class SegmentAppender {
  readonly #start: AppendStart;
  readonly #disk: Disk;
  #segment: number;
  #offset: number;
  #file: number | undefined;
  #failure: Error | undefined;

  constructor(start: AppendStart, disk: Disk) {
    this.#start = start;
    this.#disk = disk;
    this.#segment = start.segment;
    this.#offset = start.offset;
  }

  append(frame: Uint8Array): FramePosition {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#append(frame);
    } catch (error) {
      this.#failure = error as Error; // a disk throws Errors
      throw error;
    }
  }

  close(): void {
    this.#closeFile();
    this.#failure ??= new Error('the appender is closed');
  }

  #append(frame: Uint8Array): FramePosition {
    // A frame larger than a segment gets one of its own.
    if (this.#offset > segmentHeaderBytes && this.#offset + frame.byteLength > this.#start.segmentBytesMax) this.#beginSegment();
    this.#file ??= this.#disk.openSync(segmentPath(this.#start.segmentsFolder, this.#segment), 'write');
    const position = { segment: this.#segment, offset: this.#offset };
    writeFullySync(this.#disk, this.#file, frame, this.#offset);
    this.#disk.fdatasyncSync(this.#file);
    this.#offset += frame.byteLength;
    return position;
  }

  #beginSegment(): void {
    this.#closeFile();
    this.#segment += 1;
    this.#file = createSegment(this.#disk, this.#start.segmentsFolder, this.#start.storeId, this.#segment);
    this.#offset = segmentHeaderBytes;
  }

  /** Once only, also when closing fails: the number may mean another file by then. */
  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#disk.closeSync(file);
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
