import { nodeDisk } from '../disk.ts';
import type { ReaderStart, ReadFailure, ReadResult } from '../segments/segment-reader.ts';
import { QuickReads } from './quick-reads.ts';
import type { LogReader } from './reader.ts';
import type { ReaderRequest } from './reader-worker.ts';
import { StorageThread } from './storage-thread.ts';

/** Reads the log on its own thread, and on the calling thread what is likely to be in memory. */
export class ThreadLogReader implements LogReader {
  readonly #thread: StorageThread<ReaderRequest, ReadResult>;
  readonly #quick: QuickReads;

  constructor(start: ReaderStart) {
    this.#quick = new QuickReads(start, nodeDisk);
    this.#thread = new StorageThread('reader-worker.js', 'log reader', start);
  }

  readNow(requests: Uint32Array, bytes: Buffer, spans: Uint32Array): readonly ReadFailure[] | undefined {
    return this.#quick.read(requests, bytes, spans);
  }

  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadResult> {
    return this.#thread.call({ read: requests }, [requests.buffer]);
  }

  async forget(segment: number): Promise<void> {
    this.#quick.forget(segment);
    await this.#thread.call({ forget: segment });
  }

  close(): Promise<void> {
    this.#quick.close();
    return this.#thread.close();
  }
}
