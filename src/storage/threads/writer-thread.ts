import { assertInvariant } from '../../shared/errors.ts';
import type { AppendedFrame, LogWriter } from './writer.ts';
import type { WriterAnswer, WriterQuestion } from './writer-worker.ts';
import type { Manifest } from '../segments/manifest.ts';
import type { AppendStart, Replacement } from '../segments/segment-appender.ts';
import { StorageThread } from './storage-thread.ts';

/**
 * Writes and syncs on a thread of its own: the caller's thread goes on, and no read, DNS look-up or upload in libuv's pool delays a commit.
 */
export class ThreadLogWriter implements LogWriter {
  readonly #thread: StorageThread<WriterQuestion, WriterAnswer>;

  constructor(start: AppendStart) {
    this.#thread = new StorageThread('writer-worker.js', 'log writer', start);
    this.#thread.run();
  }

  async append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame> {
    const { appended } = await this.#thread.ask({ kind: 'append', frame }, [frame.buffer]);
    assertInvariant(appended !== undefined, 'the writer answers what it was asked');
    return appended;
  }

  beginSegment(): Promise<number> {
    return this.#askNumber('begin');
  }

  reserveNumber(): Promise<number> {
    return this.#askNumber('reserve');
  }

  async replace(replacement: Replacement): Promise<void> {
    await this.#thread.ask({ kind: 'replace', replacement });
  }

  async close(): Promise<Manifest | undefined> {
    // Of a thread that has died nothing is known.
    const manifest = await this.#thread.ask({ kind: 'close' }).then(
      (answer) => answer.manifest,
      () => undefined,
    );
    await this.#thread.close();
    return manifest;
  }

  async #askNumber(kind: 'begin' | 'reserve'): Promise<number> {
    const { number } = await this.#thread.ask({ kind });
    assertInvariant(number !== undefined, 'the writer answers what it was asked');
    return number;
  }
}
