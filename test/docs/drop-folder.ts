import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ingress, IngressContext } from 'statefun/connectors';

// #region ingress
/** Reads the `.json` files that are moved into a folder, a record each. Names must grow, as times and numbers with leading zeros do. */
export class DropFolder implements Ingress {
  readonly id: string;
  readonly description: string;
  readonly #folder: string;
  #stopping = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.id = `drop-folder:${folder}`;
    this.description = `files in ${folder}`;
  }

  async start(context: IngressContext): Promise<void> {
    // What rejects here ends the start of the application.
    await readdir(this.#folder);
    this.#stopping = new AbortController();
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    this.#reading = this.#read(context, signal).catch((error: unknown) => {
      if (!signal.aborted) context.failed(error instanceof Error ? error : new Error(String(error)));
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
  }

  async #read(context: IngressContext, signal: AbortSignal): Promise<void> {
    const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    let last = context.positions.get('files') ?? '';
    for (;;) {
      const names = (await readdir(this.#folder)).filter((file) => file.endsWith('.json') && file > last);
      for (const file of names.sort()) {
        const data = await readFile(join(this.#folder, file));
        signal.throwIfAborted();
        // Resolves when there is room for more; a stop does not wait for that.
        const record = { partition: 'files', position: file, identity: `${this.id}/${file}`, data };
        await Promise.race([context.deliver([record]), stopped]);
        last = file;
      }
      let cancel = (): void => undefined;
      const tick = new Promise<void>((resolve) => (cancel = context.clock.schedule(context.clock.now() + 1_000, resolve)));
      await Promise.race([tick, stopped]).finally(() => cancel());
    }
  }
}
// #endregion ingress
