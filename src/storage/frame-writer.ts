import { nodeDisk, type Disk } from './disk.ts';
import { SegmentAppender, type AppendStart, type FramePosition } from './segment-appender.ts';

/** Where the store sends its frames, one at a time. */
export interface FrameWriter {
  /**
   * Resolves when the frame survives a crash of the machine. The writer owns the frame's ArrayBuffer until then and gives it back, so that
   * another thread can take it over. After one rejection every call rejects.
   */
  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame>;
  close(): Promise<void>;
}

export interface AppendedFrame extends FramePosition {
  readonly buffer: ArrayBuffer;
}

export type FrameWriterFactory = (start: AppendStart) => FrameWriter;

/** Writes on the caller's thread, which waits for the disk meanwhile: for tests and tools. */
export class InlineFrameWriter implements FrameWriter {
  readonly #appender: SegmentAppender;

  constructor(start: AppendStart, disk: Disk = nodeDisk) {
    this.#appender = new SegmentAppender(start, disk);
  }

  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame> {
    return Promise.resolve().then(() => ({ ...this.#appender.append(frame), buffer: frame.buffer }));
  }

  close(): Promise<void> {
    this.#appender.close();
    return Promise.resolve();
  }
}
