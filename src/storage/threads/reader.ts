import { nodeDisk, type Disk } from '../disk.ts';
import { SegmentReader, type ReadAnswer } from '../segments/segment-reader.ts';
import type { ReaderQuestion, ReaderStart } from './reader-worker.ts';
import { StorageThread } from './storage-thread.ts';

/** Who reads entries for the store: never the thread that functions run on, but in tests and tools. */
export interface LogReader {
  /** Reads what the requests name; see {@link SegmentReader}. Owns their buffer from here on. */
  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadAnswer>;
  /** Resolves when the segment's file is closed; it is not read any more. */
  forget(segment: number): Promise<void>;
  close(): Promise<void>;
}

export type LogReaderFactory = (start: ReaderStart) => LogReader;

/** Reads on the caller's thread, which waits for the disk meanwhile. */
export class InlineLogReader implements LogReader {
  readonly #reader: SegmentReader;

  constructor({ segmentsFolder, checksumSeed }: ReaderStart, disk: Disk = nodeDisk) {
    this.#reader = new SegmentReader(disk, segmentsFolder, checksumSeed);
  }

  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadAnswer> {
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

/** Reads on a thread of its own. */
export class ThreadLogReader implements LogReader {
  readonly #thread: StorageThread<ReaderQuestion, ReadAnswer>;

  constructor(start: ReaderStart) {
    this.#thread = new StorageThread('reader-worker.js', 'entry reader', start);
  }

  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadAnswer> {
    return this.#thread.ask({ read: requests }, [requests.buffer]);
  }

  async forget(segment: number): Promise<void> {
    await this.#thread.ask({ forget: segment });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
