import { nodeDisk, type Disk } from '../disk.ts';
import { SegmentCopier, type Advance, type CopierStart, type CopyTask } from '../segments/segment-copier.ts';
import type { LogCopier } from './copier.ts';

/** Copies entries on the calling thread, without waiting between batches: for tests and tools. */
export class InlineLogCopier implements LogCopier {
  readonly #copier: SegmentCopier;

  constructor(start: CopierStart, disk: Disk = nodeDisk) {
    this.#copier = new SegmentCopier(start, disk);
  }

  begin(task: CopyTask): Promise<void> {
    return Promise.resolve().then(() => this.#copier.begin(task));
  }

  advance(kept: Uint8Array): Promise<Advance> {
    return Promise.resolve().then(() => {
      const advance = this.#copier.advance(kept);
      this.#copier.readAhead();
      return advance;
    });
  }

  finish(): Promise<number> {
    return Promise.resolve().then(() => this.#copier.finish());
  }

  abandon(): Promise<void> {
    return Promise.resolve().then(() => this.#copier.abandon());
  }

  remove(segments: readonly number[]): Promise<void> {
    return Promise.resolve().then(() => this.#copier.remove(segments));
  }

  close(): Promise<void> {
    return Promise.resolve().then(() => this.#copier.abandon());
  }
}
