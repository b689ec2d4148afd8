import { Worker } from 'node:worker_threads';
import { fromFailure, type ThreadAnswer, type ThreadRequest } from './serve-thread.ts';

interface Waiting<A> {
  resolve(answer: A): void;
  reject(error: Error): void;
}

/**
 * A thread of the store, which answers every question once, in their order. It is started by the first one or before, keeps the process alive only
 * while a question is open, and is asked nothing more once it has died.
 */
export class StorageThread<Q, A> {
  readonly #file: string;
  readonly #name: string;
  readonly #start: unknown;
  readonly #waiting: Waiting<A>[] = [];
  #running: { readonly worker: Worker; readonly exited: Promise<void> } | undefined;
  #failure: Error | undefined;

  /** @param start what the thread is given; see `serveThread` in its file */
  constructor(file: string, name: string, start: unknown) {
    this.#file = file;
    this.#name = name;
    this.#start = start;
  }

  ask(question: Q, transfer: readonly ArrayBuffer[] = []): Promise<A> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { worker } = (this.#running ??= this.#run());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage({ question } satisfies ThreadRequest<Q>, transfer);
    });
  }

  /** Starts the thread, so that the first question need not wait for it. */
  run(): void {
    this.#running ??= this.#run();
    this.#running.worker.unref();
  }

  /** Waits for the open questions, then for the thread to end. Calling it again does nothing. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#failure ??= new Error(`the ${this.#name} is closed`);
    if (running === undefined) return;
    running.worker.ref();
    running.worker.postMessage({ end: true } satisfies ThreadRequest<Q>);
    await running.exited;
  }

  #run(): { readonly worker: Worker; readonly exited: Promise<void> } {
    // Node loads worker threads as JavaScript; the TypeScript sources, as unit tests run them, have none.
    if (import.meta.url.endsWith('.ts')) throw new Error(`the ${this.#name} needs the built package; pass the inline variant instead`);
    const url = new URL(`./${this.#file}`, import.meta.url);
    const worker = new Worker(url, { workerData: this.#start, execArgv: [], name: `statefun ${this.#name}` });
    worker.on('message', (answer: ThreadAnswer<A>) => this.#settle(worker, answer));
    worker.on('error', (error: Error) => this.#fail(error));
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', (exitCode) => {
        this.#fail(new Error(`the ${this.#name} ended with exit code ${exitCode}`));
        resolve();
      });
    });
    return { worker, exited };
  }

  #settle(worker: Worker, answer: ThreadAnswer<A>): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) worker.unref();
    if ('answer' in answer) waiting?.resolve(answer.answer);
    else waiting?.reject(fromFailure(answer));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}
