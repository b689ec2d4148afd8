import { nodeDisk, type Disk } from '../disk.ts';
import { SegmentReader, type ReaderStart, type ReadFailure, type ReadResult } from '../segments/segment-reader.ts';
import type { LogReader } from './reader.ts';

/** Reads the log on the calling thread and blocks it meanwhile, every other time at once: for tests and tools. */
export class InlineLogReader implements LogReader {
  readonly #reader: SegmentReader;
  #now = false;

  constructor(start: ReaderStart, disk: Disk = nodeDisk) {
    this.#reader = new SegmentReader(start, disk);
  }

  readNow(requests: Uint32Array, bytes: Buffer, spans: Uint32Array): readonly ReadFailure[] | undefined {
    this.#now = !this.#now;
    return this.#now ? this.#reader.readInto(requests, bytes, spans) : undefined;
  }

  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadResult> {
    return Promise.resolve().then(() => this.#reader.read(requests));
  }

  forget(segment: number): Promise<void> {
    this.#reader.forget(segment);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#reader.close();
    return Promise.resolve();
  }
}
