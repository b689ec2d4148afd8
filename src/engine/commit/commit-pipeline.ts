import type { Store } from '../../storage/store.ts';
import type { Capture } from '../partition/commit-group.ts';
import type { EngineLimits } from '../partition/limits.ts';
import type { Pace } from './pace.ts';
import type { Partition } from '../partition/partition.ts';

export interface CommitPipelineOptions {
  readonly store: Store;
  readonly partition: Partition;
  readonly limits: EngineLimits;
  readonly pace: Pace;
  /** Called when a capture is durable and its egress may leave. */
  readonly committed: (capture: Capture) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Writes the captures of the partition, one commit at a time. The partition continues to work meanwhile.
 *
 * ENGINE-C1. A capture is taken only when the one before is durable, so at most one frame is unsynced.
 * ENGINE-C2. `committed` is called after its capture is durable, in the order of the captures.
 */
export class CommitPipeline {
  readonly #options: CommitPipelineOptions;
  #committing = false;
  #commits = 0;
  #lastCutMs = 0;
  #waiters: (() => void)[] = [];

  constructor(options: CommitPipelineOptions) {
    this.#options = options;
  }

  get committing(): boolean {
    return this.#committing;
  }

  /** Commits since the start. */
  get commits(): number {
    return this.#commits;
  }

  /** Cuts when a commit is due: at once when the engine is idle, otherwise when the interval has passed or the group is large. */
  cutIfDue(idle: boolean): void {
    if (this.#committing || this.#options.partition.group.empty) return;
    const { pace, limits } = this.#options;
    const { commitIntervalMs, commitInvocationsMax, commitBytesMax } = limits;
    const { invocations, bytes } = this.#options.partition.group;
    const full = invocations >= commitInvocationsMax || bytes >= commitBytesMax;
    if (idle || full || pace.now() - this.#lastCutMs >= commitIntervalMs) this.#cut();
  }

  /** Resolves when the present content of the group is durable. Never resolves after a failure, which stops the engine. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #cut(): void {
    const { store, partition, pace, committed, failed } = this.#options;
    const capture = partition.capture();
    const waiters = this.#waiters.splice(0);
    this.#committing = true;
    this.#lastCutMs = pace.now();
    store.commit(capture.changes).then(() => {
      this.#committing = false;
      this.#commits += 1;
      committed(capture);
      for (const resolve of waiters) resolve();
    }, failed);
  }
}
