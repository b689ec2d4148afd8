import { assertInvariant } from '../../shared/errors.ts';
import type { Advance, CopierStart, CopyTask } from '../segments/segment-copier.ts';
import type { LogCopier } from './copier.ts';
import type { CopierRequest, CopierResponse } from './copier-worker.ts';
import { StorageThread } from './storage-thread.ts';

/** Copies entries on its own thread. */
export class ThreadLogCopier implements LogCopier {
  readonly #thread: StorageThread<CopierRequest, CopierResponse>;

  constructor(start: CopierStart) {
    this.#thread = new StorageThread('copier-worker.js', 'log copier', start);
  }

  async begin(task: CopyTask): Promise<void> {
    await this.#thread.call({ kind: 'begin', task });
  }

  async advance(kept: Uint8Array<ArrayBuffer>, delayMs: number): Promise<Advance> {
    const { advance } = await this.#thread.call({ kind: 'advance', kept, delayMs }, [kept.buffer]);
    assertInvariant(advance !== undefined, 'the log copier returns the next candidates');
    return advance;
  }

  async finish(): Promise<number> {
    return (await this.#thread.call({ kind: 'finish' })).bytes ?? 0;
  }

  async abandon(): Promise<void> {
    await this.#thread.call({ kind: 'abandon' });
  }

  async remove(segments: readonly number[]): Promise<void> {
    await this.#thread.call({ kind: 'remove', segments });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
