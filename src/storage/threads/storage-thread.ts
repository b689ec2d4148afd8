import { Worker } from 'node:worker_threads';
import { packageFile } from '../../shared/package-folder.ts';
import { fromFailure, type ThreadRequest, type ThreadResponse } from './serve-thread.ts';

interface OpenCall<R> {
  resolve(response: R): void;
  reject(error: Error): void;
}

/**
 * The calling side of a thread of the store. The thread starts with the first call or with `start`, and returns one response for each call,
 * in order. It keeps the process alive only while a call is open. After the thread has died every call rejects.
 */
export class StorageThread<Q, R> {
  readonly #file: string;
  readonly #name: string;
  readonly #startData: unknown;
  readonly #open: OpenCall<R>[] = [];
  #running: { readonly worker: Worker; readonly exited: Promise<void> } | undefined;
  #failure: Error | undefined;

  /** @param startData passed to `serveThread` in the file */
  constructor(file: string, name: string, startData: unknown) {
    this.#file = file;
    this.#name = name;
    this.#startData = startData;
  }

  call(request: Q, transfer: readonly ArrayBuffer[] = []): Promise<R> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { worker } = (this.#running ??= this.#run());
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      worker.ref();
      worker.postMessage({ request } satisfies ThreadRequest<Q>, transfer);
    });
  }

  /** Starts the thread, so that the first call does not wait for the start. */
  start(): void {
    this.#running ??= this.#run();
    this.#running.worker.unref();
  }

  /** Waits for the open calls, then for the end of the thread. Calling it again does nothing. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#failure ??= new Error(`the ${this.#name} is closed`);
    if (running === undefined) return;
    running.worker.ref();
    running.worker.postMessage({ end: true } satisfies ThreadRequest<Q>);
    await running.exited;
  }

  #run(): { readonly worker: Worker; readonly exited: Promise<void> } {
    // Node loads worker threads as JavaScript. The TypeScript sources, which unit tests run, have no such file.
    if (import.meta.url.endsWith('.ts')) throw new Error(`the ${this.#name} needs the built package; pass the inline variant instead`);
    const url = packageFile(`dist/storage/threads/${this.#file}`);
    const worker = new Worker(url, { workerData: this.#startData, execArgv: [], name: `statefun ${this.#name}` });
    worker.on('message', (response: ThreadResponse<R>) => this.#settle(worker, response));
    worker.on('error', (error: Error) => this.#fail(error));
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', (exitCode) => {
        this.#fail(new Error(`the ${this.#name} ended with exit code ${exitCode}`));
        resolve();
      });
    });
    return { worker, exited };
  }

  #settle(worker: Worker, response: ThreadResponse<R>): void {
    const call = this.#open.shift();
    if (this.#open.length === 0) worker.unref();
    if ('response' in response) call?.resolve(response.response);
    else call?.reject(fromFailure(response));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const call of this.#open.splice(0)) call.reject(error);
  }
}
