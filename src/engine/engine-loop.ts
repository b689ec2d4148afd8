import type { Cancel, Clock } from '../shared/clock.ts';
import { Queue } from '../shared/queue.ts';
import type { CommitPipeline } from './commit-pipeline.ts';
import type { IngressLane } from './ingress-lane.ts';
import type { EngineLimits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { Pace } from './pace.ts';
import type { Partition } from './partition.ts';
import type { RecordIntake } from './record-intake.ts';

export interface EngineLoopOptions {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly limits: EngineLimits;
  readonly partition: Partition;
  readonly intake: RecordIntake;
  readonly pipeline: CommitPipeline;
  readonly ingress: readonly IngressLane[];
  readonly outbox: Outbox;
  /** Called after every turn. */
  readonly turned: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Drives the partition: a turn works for a slice of time and then lets input and output happen.
 *
 * L1. An ingress record is taken only when no address has a message that can be handled now, and while the budgets last.
 * L2. What comes from outside (a settled handler, state that was read) enters only at the start of a turn.
 */
export class EngineLoop {
  readonly #options: EngineLoopOptions;
  readonly #arrivals = new Queue<(nowMs: number) => void>();
  #scheduled = false;
  #running = false;
  #takesRecords = true;
  #lastActiveAtMs = 0;
  #alarm: { readonly dueAt: number; readonly cancel: Cancel } | undefined;

  constructor(options: EngineLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.wake();
  }

  stop(): void {
    this.#running = false;
    this.#alarm?.cancel();
  }

  /** No more ingress records are taken: the engine drains. */
  stopTaking(): void {
    this.#takesRecords = false;
  }

  /** Something has come from outside; it enters at the start of the next turn. */
  arrive(arrival: (nowMs: number) => void): void {
    this.#arrivals.push(arrival);
    this.wake();
  }

  wake(): void {
    if (this.#scheduled || !this.#running) return;
    this.#scheduled = true;
    this.#lastActiveAtMs = this.#options.pace.now();
    this.#options.pace.nextTurn(() => this.#turn());
  }

  /** Whether something will happen without the outside or the clock. */
  get busy(): boolean {
    const { partition, pipeline } = this.#options;
    return (
      this.#scheduled ||
      this.#arrivals.length > 0 ||
      partition.mailboxes.hasReady ||
      this.#canTake ||
      pipeline.committing ||
      !partition.group.empty
    );
  }

  /** How long there has been something to do without a turn, in milliseconds. */
  get stalledMs(): number {
    return this.#running && this.busy ? this.#options.pace.now() - this.#lastActiveAtMs : 0;
  }

  /** The outside does not take what is sent: no ingress record is taken until it does. */
  get outboxFull(): boolean {
    const { limits, outbox } = this.#options;
    return outbox.records >= limits.outboxRecordsMax || outbox.bytes >= limits.outboxBytesMax;
  }

  #turn(): void {
    this.#scheduled = false;
    if (!this.#running) return;
    try {
      const more = this.#work();
      if (!this.#running) return;
      this.#options.pipeline.cutIfDue(!more);
      this.#lastActiveAtMs = this.#options.pace.now();
      if (more) this.wake();
      else this.#armAlarm();
    } catch (error) {
      this.#options.failed(error);
      return;
    }
    this.#options.turned();
  }

  /** Works for a slice; true when there is more to do. */
  #work(): boolean {
    const { clock, pace, limits, partition, intake, ingress, pipeline } = this.#options;
    const nowMs = clock.now();
    for (let arrival = this.#arrivals.shift(); arrival !== undefined; arrival = this.#arrivals.shift()) arrival(nowMs);
    partition.advance(nowMs);
    const endMs = pace.now() + limits.sliceMs;
    for (let steps = 1; ; steps += 1) {
      // Once this much is gathered, what follows waits for the next commit; with one under way that is the end of the turn.
      if (partition.group.bytes >= limits.commitBytesMax || this.#invocationsFull) return !pipeline.committing;
      // The step before may have stopped the engine.
      if (!this.#running) return false;
      // What is handled may have made room for delayed messages that are due.
      if (!partition.step(nowMs) && !(this.#canTake && intake.takeNext(ingress))) return (partition.nextDueAt ?? Infinity) <= nowMs;
      if (steps % pace.stepsPerLook === 0 && pace.now() >= endMs) return true;
    }
  }

  get #canTake(): boolean {
    const { ingress, partition } = this.#options;
    if (!this.#takesRecords || !ingress.some((lane) => lane.hasWaiting)) return false;
    if (!partition.mailboxes.hasRoom) return false;
    return !this.outboxFull;
  }

  /** Twice the size at which a cut is due: the commit under way has not kept up, and what is handled stays in memory until the next. */
  get #invocationsFull(): boolean {
    const { limits, partition } = this.#options;
    return partition.group.invocations >= 2 * limits.commitInvocationsMax;
  }

  #armAlarm(): void {
    const { clock, partition } = this.#options;
    const dueAt = partition.nextDueAt;
    if (dueAt === this.#alarm?.dueAt) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (dueAt === undefined) return;
    const cancel = clock.schedule(dueAt, () => {
      this.#alarm = undefined;
      this.wake();
    });
    this.#alarm = { dueAt, cancel };
  }
}
