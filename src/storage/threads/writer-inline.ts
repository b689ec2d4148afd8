import { nodeDisk, type Disk } from '../disk.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type Replacement } from '../segments/segment-appender.ts';
import type { AppendedFrame, LogWriter } from './writer.ts';

/** Writes the log on the calling thread and blocks it meanwhile: for tests and tools. */
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
