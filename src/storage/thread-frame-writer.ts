import { Worker } from 'node:worker_threads';
import { assertInvariant } from '../shared/errors.ts';
import type { AppendedFrame, FrameWriter } from './frame-writer.ts';
import type { WriterAnswer, WriterRequest } from './frame-writer-thread.ts';
import type { AppendStart } from './segment-appender.ts';

interface Waiting {
  resolve(appended: AppendedFrame): void;
  reject(error: Error): void;
}

/**
 * Writes and syncs on a thread of its own: the caller's thread goes on, and no read, DNS look-up or upload in libuv's pool delays a commit.
 * The thread keeps the process alive only while a frame is under way.
 */
export class ThreadFrameWriter implements FrameWriter {
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #waiting: Waiting | undefined;
  #failure: Error | undefined;

  constructor(start: AppendStart) {
    // Node loads worker threads as JavaScript; the TypeScript sources, as unit tests run them, have none.
    if (import.meta.url.endsWith('.ts')) throw new Error('the writer thread needs the built package; pass InlineFrameWriter instead');
    this.#worker = new Worker(new URL('./frame-writer-thread.js', import.meta.url), {
      workerData: start,
      execArgv: [],
      name: 'statefun log writer',
    });
    this.#worker.on('message', (answer: WriterAnswer) => this.#settle(answer));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (exitCode) => {
        this.#fail(new Error(`the writer thread ended with exit code ${exitCode}`));
        resolve();
      });
    });
    this.#worker.unref();
  }

  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    assertInvariant(this.#waiting === undefined, 'at most one frame is under way');
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#worker.ref();
      this.#worker.postMessage({ frame } satisfies WriterRequest, [frame.buffer]);
    });
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#worker.postMessage({ close: true } satisfies WriterRequest);
    await this.#exited;
  }

  #settle(answer: WriterAnswer): void {
    if ('error' in answer) {
      this.#fail(Object.assign(answer.error, answer.code === undefined ? {} : { code: answer.code }));
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#worker.unref();
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#worker.unref();
    waiting?.reject(this.#failure);
  }
}
