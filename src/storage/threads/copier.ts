import { assertInvariant } from '../../shared/errors.ts';
import { nodeDisk, type Disk } from '../disk.ts';
import { SegmentCopier, type Advance, type CopierStart, type CopyTask } from '../segments/segment-copier.ts';
import type { CopierAnswer, CopierQuestion } from './copier-worker.ts';
import { StorageThread } from './storage-thread.ts';

/** Who copies entries for a compaction; see {@link SegmentCopier}. */
export interface LogCopier {
  begin(task: CopyTask): Promise<void>;
  /** Waits so long first, in milliseconds, to leave the disk to commits; owns the buffer of `kept` from here on. */
  advance(kept: Uint8Array<ArrayBuffer>, delayMs: number): Promise<Advance>;
  finish(): Promise<number>;
  abandon(): Promise<void>;
  remove(segments: readonly number[]): Promise<void>;
  /** Abandons what is under way. */
  close(): Promise<void>;
}

export type LogCopierFactory = (start: CopierStart) => LogCopier;

/** Copies on the caller's thread, without waiting between batches: for tests and tools. */
export class InlineLogCopier implements LogCopier {
  readonly #copier: SegmentCopier;

  constructor(start: CopierStart, disk: Disk = nodeDisk) {
    this.#copier = new SegmentCopier(start, disk);
  }

  begin = (task: CopyTask): Promise<void> => this.#later(() => this.#copier.begin(task));
  advance = (kept: Uint8Array): Promise<Advance> =>
    this.#later(() => {
      const advance = this.#copier.advance(kept);
      this.#copier.readAhead();
      return advance;
    });
  finish = (): Promise<number> => this.#later(() => this.#copier.finish());
  abandon = (): Promise<void> => this.#later(() => this.#copier.abandon());
  remove = (segments: readonly number[]): Promise<void> => this.#later(() => this.#copier.remove(segments));
  close = (): Promise<void> => this.#later(() => this.#copier.abandon());

  #later<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(work);
  }
}

/** Copies on a thread of its own. */
export class ThreadLogCopier implements LogCopier {
  readonly #thread: StorageThread<CopierQuestion, CopierAnswer>;

  constructor(start: CopierStart) {
    this.#thread = new StorageThread('copier-worker.js', 'entry copier', start);
  }

  async begin(task: CopyTask): Promise<void> {
    await this.#thread.ask({ kind: 'begin', task });
  }

  async advance(kept: Uint8Array<ArrayBuffer>, delayMs: number): Promise<Advance> {
    const { advance } = await this.#thread.ask({ kind: 'advance', kept, delayMs }, [kept.buffer]);
    assertInvariant(advance !== undefined, 'the copier answers what it was asked');
    return advance;
  }

  async finish(): Promise<number> {
    return (await this.#thread.ask({ kind: 'finish' })).bytes ?? 0;
  }

  async abandon(): Promise<void> {
    await this.#thread.ask({ kind: 'abandon' });
  }

  async remove(segments: readonly number[]): Promise<void> {
    await this.#thread.ask({ kind: 'remove', segments });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
