import type { ReaderStart, ReadResult } from '../segments/segment-reader.ts';
import type { LogReader } from './reader.ts';
import type { ReaderRequest } from './reader-worker.ts';
import { StorageThread } from './storage-thread.ts';

/** Reads the log on its own thread. */
export class ThreadLogReader implements LogReader {
  readonly #thread: StorageThread<ReaderRequest, ReadResult>;

  constructor(start: ReaderStart) {
    this.#thread = new StorageThread('reader-worker.js', 'log reader', start);
  }

  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadResult> {
    return this.#thread.call({ read: requests }, [requests.buffer]);
  }

  async forget(segment: number): Promise<void> {
    await this.#thread.call({ forget: segment });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
