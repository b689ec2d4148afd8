import type { Cancel } from '../../shared/time/clock.ts';
import type { Store } from '../../storage/store.ts';
import type { Capture } from '../partition/commit-group.ts';
import type { EngineLimits } from '../partition/limits.ts';
import { CommitTiming } from './commit-timing.ts';
import type { Pace } from './pace.ts';
import type { Partition } from '../partition/partition.ts';

export interface CommitPipelineOptions {
  readonly store: Store;
  readonly partition: Partition;
  readonly limits: EngineLimits;
  readonly pace: Pace;
  /** Whether somebody waits until the engine is quiet. Then no commit waits. */
  readonly awaited: () => boolean;
  /** Called when a commit that has waited is due. */
  readonly wake: () => void;
  /** Called when a capture is durable and its egress may leave. */
  readonly committed: (capture: Capture) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * What the engine does when it asks for a cut: nothing; nothing but taking the next record, so that no message has to be written; or something
 * that a cut interrupts.
 */
export type CutMoment = 'idle' | 'between records' | 'busy';

/** Beyond the interval, a commit waits for a moment between two records for as many intervals more. */
const busyIntervals = 1;

/**
 * Writes the captures of the partition, one commit at a time. The partition continues to work meanwhile.
 *
 * ENGINE-C1. A capture is taken only when the one before is durable, so at most one frame is unsynced.
 * ENGINE-C2. `committed` is called after its capture is durable, in the order of the captures.
 * ENGINE-C3. What an idle engine holds is cut: at once, or after a wait that has a timer; see CommitTiming.
 */
export class CommitPipeline {
  readonly #options: CommitPipelineOptions;
  #committing = false;
  #commits = 0;
  readonly #timing: CommitTiming;
  /** The wait of a commit. */
  #wait: { readonly dueMs: number; readonly cancel: Cancel } | undefined;
  /** Whether a wait has ended since the last cut. */
  #waited = false;
  #waiters: (() => void)[] = [];

  constructor(options: CommitPipelineOptions) {
    this.#options = options;
    this.#timing = new CommitTiming({ pace: options.pace, commitIntervalMs: options.limits.commitIntervalMs });
  }

  get committing(): boolean {
    return this.#committing;
  }

  /** Commits since the start. */
  get commits(): number {
    return this.#commits;
  }

  /** Whether the interval has passed, so that the next moment between two records is the one to cut. Acknowledgements alone need none. */
  get isDue(): boolean {
    const { group } = this.#options.partition;
    if (this.#committing || group.empty || group.acknowledgementsOnly) return false;
    return this.#timing.sinceCutMs >= this.#options.limits.commitIntervalMs;
  }

  /** Cuts when a commit is due: when the interval has passed or the group is large, and before that when the engine is idle. */
  cutIfDue(moment: CutMoment): void {
    const { awaited, limits, partition } = this.#options;
    const { group } = partition;
    if (this.#committing || group.empty) return;
    const { commitIntervalMs, commitInvocationsMax, commitBytesMax } = limits;
    const full = group.invocations >= commitInvocationsMax || group.bytes >= commitBytesMax;
    if (full || (moment === 'idle' && (this.#waited || awaited()))) return this.#cut();
    if (moment !== 'idle') {
      const isMoment = moment === 'between records' && !group.acknowledgementsOnly;
      if (this.#timing.sinceCutMs >= commitIntervalMs * (isMoment ? 1 : 1 + busyIntervals)) this.#cut();
      return;
    }
    const waitMs = this.#timing.waitMs(group.acknowledgementsOnly);
    if (waitMs <= 0) this.#cut();
    else this.#cutLater(waitMs);
  }

  /** Ends the wait of a commit. Called when the engine has stopped. */
  stop(): void {
    this.#wait?.cancel();
    this.#wait = undefined;
  }

  /** Resolves when the present content of the group is durable. Never resolves after a failure, which stops the engine. */
  flushed(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #cutLater(waitMs: number): void {
    const { pace, wake } = this.#options;
    const dueMs = pace.now() + waitMs;
    // A wait that ends by then is long enough for both.
    if (this.#wait !== undefined && this.#wait.dueMs <= dueMs) return;
    this.#wait?.cancel();
    const cancel = pace.later(waitMs, () => {
      this.#wait = undefined;
      this.#waited = true;
      wake();
    });
    this.#wait = { dueMs, cancel };
  }

  #cut(): void {
    const { store, partition, committed, failed } = this.#options;
    const capture = partition.capture();
    const waiters = this.#waiters.splice(0);
    this.#committing = true;
    this.#timing.cut();
    this.#waited = false;
    this.stop();
    store.commit(capture.changes).then(() => {
      this.#committing = false;
      this.#commits += 1;
      committed(capture);
      for (const resolve of waiters) resolve();
    }, failed);
  }
}
