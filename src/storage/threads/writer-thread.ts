import { assertInvariant } from '../../shared/errors.ts';
import type { UnsealedFrame } from '../format/unsealed-frame.ts';
import type { Manifest } from '../segments/manifest.ts';
import type { AppendStart, FramePosition, Replacement } from '../segments/segment-appender.ts';
import { StorageThread } from './storage-thread.ts';
import type { LogWriter } from './writer.ts';
import type { WriterRequest, WriterResponse } from './writer-worker.ts';

/**
 * Writes and syncs the log on its own thread. The calling thread keeps working, and no read, DNS lookup or upload in libuv's thread pool
 * delays a commit.
 */
export class ThreadLogWriter implements LogWriter {
  readonly #thread: StorageThread<WriterRequest, WriterResponse>;
  /** The memory of frames that the thread knows. */
  #known: Pick<UnsealedFrame, 'area' | 'marks'> | undefined;

  constructor(start: AppendStart) {
    this.#thread = new StorageThread('writer-worker.js', 'log writer', start);
    this.#thread.start();
  }

  async append({ area, marks, byteLength, entries }: UnsealedFrame): Promise<FramePosition> {
    const known = this.#known?.area === area && this.#known.marks === marks;
    if (!known) this.#known = { area, marks };
    const { appended } = await this.#thread.call({ kind: 'append', byteLength, entries, memory: known ? undefined : this.#known });
    assertInvariant(appended !== undefined, 'the log writer returns the position of an appended frame');
    return appended;
  }

  beginSegment(): Promise<number> {
    return this.#callForNumber('begin');
  }

  reserveNumber(): Promise<number> {
    return this.#callForNumber('reserve');
  }

  async replace(replacement: Replacement): Promise<void> {
    await this.#thread.call({ kind: 'replace', replacement });
  }

  async close(): Promise<Manifest | undefined> {
    // The manifest is unknown when the thread has died.
    const manifest = await this.#thread.call({ kind: 'close' }).then(
      (response) => response.manifest,
      () => undefined,
    );
    await this.#thread.close();
    return manifest;
  }

  async #callForNumber(kind: 'begin' | 'reserve'): Promise<number> {
    const { number } = await this.#thread.call({ kind });
    assertInvariant(number !== undefined, 'the log writer returns the number of a segment');
    return number;
  }
}
