import type { CheckpointHost } from '../../checkpoints/checkpoint-host.ts';
import type { Begun } from '../../checkpoints/checkpoint-service.ts';
import type { CheckpointReport } from '../../checkpoints/checkpointer.ts';
import type { LeaseGate } from '../../checkpoints/lease-gate.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { within } from '../../shared/time/deadline.ts';
import { startTimer, type CancelTimer } from '../../shared/time/timers.ts';
import type { StoreIdentity } from '../../storage/folder/state-folder.ts';
import type { PinnedLog } from '../../storage/index/pinned-log.ts';
import type { HealthIndicator } from '../health/health-indicator.ts';
import type { CheckpointStatistics } from './checkpoint-statistics.ts';

/** Checkpoints that take longer are logged, in milliseconds. */
const loggedAfterMs = 10_000;

/** The part of a log store that checkpoints use. */
export interface PinnableStore {
  readonly identity: StoreIdentity;
  pin(): PinnedLog;
}

export interface RunningCheckpointsOptions {
  readonly host: CheckpointHost;
  readonly gate: LeaseGate;
  readonly begun: Begun;
  readonly store: PinnableStore;
  readonly intervalMs: number;
  readonly logger: Logger;
}

/** Takes a checkpoint every so often while an application runs, and the last one when it has stopped. A checkpoint that fails is logged and counted. */
export class RunningCheckpoints {
  readonly #options: RunningCheckpointsOptions;
  #timer: CancelTimer | undefined;
  #running: Promise<void> | undefined;
  #stopping = false;
  /** Commit of the last checkpoint. */
  #commit: number | undefined;
  #last: CheckpointReport | undefined;
  #taken = 0;
  #failed = 0;
  #bytesUploaded = 0;
  #loopPauseMsMax = 0;

  constructor(options: RunningCheckpointsOptions) {
    this.#options = options;
    this.#commit = options.begun.baseCommit;
  }

  /** Takes the first checkpoint at once if the state continues none. */
  start(): void {
    if (this.#commit === undefined) this.#begin();
    else this.#arm();
  }

  statistics(): CheckpointStatistics {
    const { begun, gate } = this.#options;
    const { id = '', commit = 0, bytes = 0, durationMs = 0 } = this.#last ?? {};
    return {
      taken: this.#taken,
      failed: this.#failed,
      last: this.#last && { id, commit, bytes, durationMs: Math.round(durationMs) },
      bytesUploaded: this.#bytesUploaded,
      loopPauseMsMax: this.#loopPauseMsMax,
      epoch: begun.epoch,
      leaseHeld: gate.open,
    };
  }

  /** Reports `down` while the lease is not held: then nothing is committed and nothing is sent. */
  readonly health: HealthIndicator = {
    name: 'checkpoints',
    check: () => {
      const { taken, failed, last, leaseHeld } = this.statistics();
      return { status: leaseHeld ? 'up' : 'down', details: { taken, failed, leaseHeld, ...(last && { last: last.id }) } };
    },
  };

  /** Takes a checkpoint of the last commit, if there is one since the last checkpoint. Never rejects. */
  async checkpoint(): Promise<void> {
    const { host, store, logger, gate } = this.#options;
    // Pinning the log, and passing it to the other thread, is all that happens on the thread of functions.
    const startMs = performance.now();
    const pinned = store.pin();
    try {
      if (pinned.commit === this.#commit) return;
      const taking = host.checkpoint({ identity: store.identity, commit: pinned.commit, segments: pinned.segments });
      this.#loopPauseMsMax = Math.max(this.#loopPauseMsMax, performance.now() - startMs);
      this.#take(await taking);
    } catch (thrown) {
      this.#failed += 1;
      const error = toError(thrown);
      logger.warn('a checkpoint failed; the next one is taken as planned', { error });
      if (StatefunError.is(error) && error.code === 'LEASE_LOST') gate.lose(error);
    } finally {
      pinned.release();
    }
  }

  /**
   * Stops when the engine has stopped and the store is closed. After an orderly stop it takes the last checkpoint, and another engine may begin at
   * once; otherwise the lease ends by itself.
   */
  async stop({ orderly, deadlineMs }: { readonly orderly: boolean; readonly deadlineMs: number }): Promise<void> {
    const { host, logger } = this.#options;
    this.#stopping = true;
    this.#timer?.();
    const ending = async (): Promise<void> => {
      await this.#running;
      if (orderly) await this.checkpoint();
      await host.end({ free: orderly });
    };
    const failed = (error: unknown): void => logger.warn('the checkpoints could not be ended', { error: toError(error) });
    if (await within(deadlineMs, ending().catch(failed))) return;
    logger.warn('the last checkpoint is not complete: the application stops without it', { deadlineMs });
  }

  #take(report: CheckpointReport): void {
    const { logger } = this.#options;
    const first = this.#taken === 0;
    this.#taken += 1;
    this.#commit = report.commit;
    this.#last = report;
    this.#bytesUploaded += report.bytesUploaded;
    const facts = { ...report, durationMs: Math.round(report.durationMs) };
    if (first || report.durationMs > loggedAfterMs) logger.info('a checkpoint is complete', facts);
    else logger.debug('a checkpoint is complete', facts);
  }

  #arm(): void {
    if (this.#stopping) return;
    this.#timer = startTimer(this.#options.intervalMs, () => this.#begin());
  }

  #begin(): void {
    this.#running = this.checkpoint().finally(() => {
      this.#running = undefined;
      this.#arm();
    });
  }
}
