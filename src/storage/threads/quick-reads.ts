import type { Disk } from '../disk.ts';
import { SegmentReader, type ReaderStart, type ReadFailure } from '../segments/segment-reader.ts';

/**
 * A read that took longer came from the disk, in milliseconds. Bytes in memory take some microseconds, and a message to another thread and back
 * some tens.
 */
const quickMsMax = 0.1;

/** Reads that are passed on after a slow one, until the next try: the fewest and the most. A try may wait for the disk. */
const passedOnMin = 32;
const passedOnMax = 8_192;

/**
 * Reads entries on the calling thread as long as their bytes are in the memory of the system, which no program can ask. So it is tried: after a
 * read that was slow the next ones are passed on, twice as many with each slow try.
 */
export class QuickReads {
  readonly #reader: SegmentReader;
  readonly #now: () => number;
  /** Reads to pass on until the next try, and after the next slow one. */
  #left = 0;
  #afterSlow = passedOnMin;

  constructor(start: ReaderStart, disk: Disk, now: () => number = () => performance.now()) {
    this.#reader = new SegmentReader(start, disk);
    this.#now = now;
  }

  /** Returns undefined when the read is passed on. */
  read(requests: Uint32Array, bytes: Buffer, spans: Uint32Array): readonly ReadFailure[] | undefined {
    if (this.#left > 0) {
      this.#left -= 1;
      return undefined;
    }
    const startMs = this.#now();
    const failures = this.#reader.readInto(requests, bytes, spans);
    if (this.#now() - startMs <= quickMsMax) {
      this.#afterSlow = passedOnMin;
    } else {
      this.#left = this.#afterSlow;
      this.#afterSlow = Math.min(2 * this.#afterSlow, passedOnMax);
    }
    return failures;
  }

  /** Closes the file of a segment that is not read again. */
  forget(segment: number): void {
    this.#reader.forget(segment);
  }

  close(): void {
    this.#reader.close();
  }
}
