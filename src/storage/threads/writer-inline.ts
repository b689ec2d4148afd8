import { nodeDisk, type Disk } from '../disk.ts';
import { FrameSeal, type UnsealedFrame } from '../format/unsealed-frame.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type FramePosition, type Replacement } from '../segments/segment-appender.ts';
import type { LogWriter } from './writer.ts';

/** Writes the log on the calling thread and blocks it meanwhile: for tests and tools. */
export class InlineLogWriter implements LogWriter {
  readonly #appender: SegmentAppender;
  readonly #seal: FrameSeal;

  constructor(start: AppendStart, disk: Disk = nodeDisk) {
    this.#appender = new SegmentAppender(start, disk);
    this.#seal = new FrameSeal(start.storeId);
  }

  append(frame: UnsealedFrame): Promise<FramePosition> {
    return Promise.resolve().then(() => this.#appender.append(this.#seal.seal(frame)));
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
