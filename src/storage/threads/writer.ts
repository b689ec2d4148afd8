import { nodeDisk, type Disk } from '../disk.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type FramePosition, type Replacement } from '../segments/segment-appender.ts';

/** Where the store sends its frames, one at a time, and whatever changes the manifest. After one rejection every call rejects. */
export interface LogWriter {
  /**
   * Resolves when the frame survives a crash of the machine. The writer owns the frame's ArrayBuffer until then and gives it back, so that
   * another thread can take it over.
   */
  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame>;
  /** See {@link SegmentAppender.beginSegment}. */
  beginSegment(): Promise<number>;
  /** See {@link SegmentAppender.reserveNumber}. */
  reserveNumber(): Promise<number>;
  /** See {@link SegmentAppender.replace}. */
  replace(replacement: Replacement): Promise<void>;
  /** See {@link SegmentAppender.close}. */
  close(): Promise<Manifest | undefined>;
}

export interface AppendedFrame extends FramePosition {
  readonly buffer: ArrayBuffer;
}

export type LogWriterFactory = (start: AppendStart) => LogWriter;

/** Writes on the caller's thread, which waits for the disk meanwhile: for tests and tools. */
export class InlineLogWriter implements LogWriter {
  readonly #appender: SegmentAppender;

  constructor(start: AppendStart, disk: Disk = nodeDisk) {
    this.#appender = new SegmentAppender(start, disk);
  }

  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame> {
    return Promise.resolve().then(() => ({ ...this.#appender.append(frame), buffer: frame.buffer }));
  }

  beginSegment(): Promise<number> {
    return Promise.resolve().then(() => this.#appender.beginSegment());
  }

  reserveNumber(): Promise<number> {
    return Promise.resolve().then(() => this.#appender.reserveNumber());
  }

  replace(replacement: Replacement): Promise<void> {
    return Promise.resolve().then(() => this.#appender.replace(replacement));
  }

  close(): Promise<Manifest | undefined> {
    return Promise.resolve(this.#appender.close());
  }
}
