import type { Cancel, Clock } from '../shared/time/clock.ts';
import { Queue } from '../shared/queue.ts';
import type { CommitPipeline, CutMoment } from './commit/commit-pipeline.ts';
import { DrainWatch } from './drain-watch.ts';
import type { IngressBuffer } from './ingress/ingress-buffer.ts';
import { InsideWatch, type EndlessMessages } from './ingress/inside-watch.ts';
import type { EngineLimits } from './partition/limits.ts';
import type { Outbox } from './egress/outbox.ts';
import type { Pace } from './commit/pace.ts';
import type { Partition } from './partition/partition.ts';
import type { RecordIntake } from './ingress/record-intake.ts';

/** Most addresses, and most records of each ingress, whose states are read ahead while a message waits for a state. */
const readAheadMax = 64;

export interface EngineLoopOptions {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly limits: EngineLimits;
  readonly partition: Partition;
  readonly intake: RecordIntake;
  readonly pipeline: CommitPipeline;
  readonly ingress: readonly IngressBuffer[];
  readonly outbox: Outbox;
  /** Called when functions message each other without end. */
  readonly endless: (endless: EndlessMessages) => void;
  /** Called after every turn. */
  readonly turned: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Drives the partition: a turn works for a slice of time and then lets input and output happen.
 *
 * ENGINE-L1. An ingress record is taken only when no message can be handled now or as soon as a state is read, and while the budgets last.
 *     Where that would be never, one is taken after so many invocations; see InsideWatch.
 * ENGINE-L2. What comes from outside (a settled handler, state that was read) enters only at the start of a turn.
 */
export class EngineLoop {
  readonly #options: EngineLoopOptions;
  readonly #arrivals = new Queue<(nowMs: number) => void>();
  readonly #inside: InsideWatch;
  readonly #nextTurn = (): void => this.#turn();
  #drain: DrainWatch | undefined;
  #scheduled = false;
  #running = false;
  #takesRecords = true;
  #lastActiveAtMs = 0;
  #alarm: { readonly dueAt: number; readonly cancel: Cancel } | undefined;

  constructor(options: EngineLoopOptions) {
    this.#options = options;
    const { pace, limits, endless } = options;
    this.#inside = new InsideWatch({ invocationsMax: limits.insideInvocationsMax, now: () => pace.now(), noticed: endless });
  }

  start(): void {
    this.#running = true;
    this.wake();
  }

  stop(): void {
    this.#running = false;
    this.#alarm?.cancel();
  }

  /** Takes no more ingress records. Handles the messages inside, unless they lead to as many others again and again. */
  drain(deadlineMs: number): void {
    this.#takesRecords = false;
    this.#drain = new DrainWatch(deadlineMs, () => this.#options.pace.now());
  }

  /** Functions that message each other without end; undefined when none do. */
  get endless(): EndlessMessages | undefined {
    return this.#inside.endless;
  }

  /** Calls the function at the start of the next turn: that is how results from outside enter. */
  arrive(arrival: (nowMs: number) => void): void {
    this.#arrivals.push(arrival);
    this.wake();
  }

  wake(): void {
    if (this.#scheduled || !this.#running) return;
    this.#scheduled = true;
    this.#lastActiveAtMs = this.#options.pace.now();
    this.#options.pace.nextTurn(this.#nextTurn);
  }

  /** Whether something can happen without the outside and without the clock. */
  get busy(): boolean {
    const { partition, pipeline } = this.#options;
    return (
      this.#scheduled ||
      this.#arrivals.length > 0 ||
      partition.canHandle ||
      (this.#canTake && !partition.reading) ||
      pipeline.committing ||
      !partition.group.empty
    );
  }

  /** Time for which the loop has had work but no turn, in milliseconds. */
  get stalledMs(): number {
    return this.#running && this.busy ? this.#options.pace.now() - this.#lastActiveAtMs : 0;
  }

  /** Whether so many egress records wait for the outside that no ingress record is taken. */
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
      this.#options.pipeline.cutIfDue(this.#moment(more));
      this.#lastActiveAtMs = this.#options.pace.now();
      if (more) this.wake();
      else this.#armAlarm();
    } catch (error) {
      this.#options.failed(error);
      return;
    }
    this.#options.turned();
  }

  #moment(more: boolean): CutMoment {
    const { partition } = this.#options;
    if (!more && partition.states.reading === 0) return 'idle';
    return partition.canHandle || partition.reading ? 'busy' : 'between records';
  }

  /** Works for a slice of time, or until a commit that is due can be cut between two records. Returns whether there is more to do. */
  #work(): boolean {
    const { clock, pace, limits, partition, pipeline } = this.#options;
    const nowMs = clock.now();
    for (let arrival = this.#arrivals.shift(); arrival !== undefined; arrival = this.#arrivals.shift()) arrival(nowMs);
    partition.advance(nowMs);
    const startMs = pace.now();
    let cuts = pipeline.isDue;
    for (let steps = 1; ; steps += 1) {
      // A full group waits for its commit; while another commit is written, the turn ends here.
      if (partition.group.bytes >= limits.commitBytesMax || this.#invocationsFull) return !pipeline.committing;
      // The last step may have stopped the engine.
      if (!this.#running) return false;
      if (cuts && !partition.canHandle && !partition.reading) return true;
      // Handled messages may have made room for delayed messages that are due.
      if (!this.#step(nowMs)) return (partition.nextDueAt ?? Infinity) <= nowMs;
      if (steps % pace.stepsPerLook !== 0) continue;
      cuts = pipeline.isDue;
      const workedMs = pace.now() - startMs;
      if (workedMs < limits.sliceMs) continue;
      this.#inside.worked(workedMs);
      return true;
    }
  }

  /** Handles a message or takes a record. Returns false when neither is possible now. */
  #step(nowMs: number): boolean {
    const { partition, intake, ingress } = this.#options;
    if (this.#inside.recordDue && this.#canTake && intake.takeNext(ingress)) {
      this.#inside.recordTaken();
      return true;
    }
    const handled = partition.step(nowMs);
    if (handled !== undefined) {
      this.#inside.handled(handled.address.type);
      if (this.#drain?.getsOn(partition.mailboxes.messages) === false) partition.rest();
      return true;
    }
    if (partition.reading) {
      partition.states.readAhead(readAheadMax, nowMs);
      if (this.#takesRecords) intake.readAhead(ingress, readAheadMax, nowMs);
      return false;
    }
    this.#inside.paused();
    return this.#canTake && intake.takeNext(ingress);
  }

  /** Whether a record waits and there is room for the messages it leads to. */
  get #canTake(): boolean {
    const { ingress, partition } = this.#options;
    if (!this.#takesRecords || !ingress.some((buffer) => buffer.hasWaiting)) return false;
    if (!partition.mailboxes.hasRoom) return false;
    return !this.outboxFull;
  }

  /** Whether the group has twice the size at which a cut is due. Handled messages stay in memory until their commit, so work waits for it. */
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
