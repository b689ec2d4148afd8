import { toSubscriptionSettings } from '../functions/subscriptions.ts';
import type { Address } from '../shared/address.ts';
import { systemClock, type Clock } from '../shared/time/clock.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { MetricsRegistry } from '../shared/metrics.ts';
import { closeClients, closeIngress, closePart } from './close-part.ts';
import type { Capture } from './partition/commit-group.ts';
import { CommitPipeline } from './commit/commit-pipeline.ts';
import { createIngressBuffers, createOutbox, type PortParts } from './create-ports.ts';
import { DeadLetterIntake } from './partition/dead-letter-intake.ts';
import type { DeadLetter } from './partition/dead-letters.ts';
import type { Delayed } from './partition/delayed-messages.ts';
import type { MessageChoice } from './partition/drop-messages.ts';
import { EngineLoop } from './engine-loop.ts';
import { createPartition, type EngineOptions } from './engine-options.ts';
import { lastingHeapBytesMax } from './heap-size.ts';
import { createInvocationHost } from './partition/invocation-host.ts';
import type { IngressBuffer } from './ingress/ingress-buffer.ts';
import { endlessError } from './ingress/inside-watch.ts';
import { defaultLimits } from './partition/limits.ts';
import { fitToHeap, MessageBudget } from './partition/message-budget.ts';
import type { Outbox } from './egress/outbox.ts';
import { outsideOfAttempts, realPace } from './commit/pace.ts';
import type { Partition, PartitionRun } from './partition/partition.ts';
import { QuietWatch, type Activity } from './report/quiet-watch.ts';
import { RecordIntake } from './ingress/record-intake.ts';
import { recover, recoverPositions, restore } from './recovery/recovery.ts';
import { redrive, type RedriveTargets } from './recovery/redrive.ts';
import { applyRequests } from './recovery/requests.ts';
import { StateReader } from './commit/state-reader.ts';
import { collectStatistics, type EngineStatistics } from './report/statistics.ts';
import { unfinished } from './report/unfinished.ts';
import { readEngineStatus, type EngineStatus, type Phase } from './report/engine-status.ts';
import { waitingAddress, type WaitingAddress } from './partition/waiting-address.ts';
import { within } from '../shared/time/deadline.ts';

/**
 * The embedded engine: one process, one partition, one store.
 *
 * It recovers what the store holds, starts egress before ingress, and from then on turns records into messages, messages into effects,
 * effects into commits, and committed egress records into records outside. When the store fails, or a function asks for it, the engine
 * stops at once: nothing that is not committed leaves.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #metrics: MetricsRegistry;
  readonly #partition: Partition;
  readonly #states: StateReader;
  readonly #deadLetters: DeadLetterIntake;
  readonly #intake: RecordIntake;
  readonly #redriveTargets: RedriveTargets;
  readonly #pipeline: CommitPipeline;
  readonly #loop: EngineLoop;
  readonly #quiet = new QuietWatch(() => this.#activity);
  readonly #ingress: readonly IngressBuffer[];
  readonly #outbox: Outbox;
  #draining: QuietWatch | undefined;
  #starting: Promise<void> | undefined;
  #phase: Phase = 'new';
  #failure: Error | undefined;
  #started = false;
  #resolveStopped: (error: Error | undefined) => void = () => undefined;

  /** Resolves when the engine has stopped: with an error when it had to. */
  readonly stopped: Promise<Error | undefined> = new Promise((resolve) => (this.#resolveStopped = resolve));

  constructor(options: EngineOptions) {
    const { heapBytesMax = lastingHeapBytesMax(), router, unmatchedEvents = 'dead-letter' } = options;
    const limits = fitToHeap({ ...defaultLimits, ...options.limits }, heapBytesMax);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? new MetricsRegistry();
    this.#deadLetters = new DeadLetterIntake({ limits, clock: this.#clock, logger: this.#logger, group: () => this.#partition.group });
    this.#states = new StateReader({
      ...{ store: options.store, functions: options.functions },
      loaded: (activation, entries) => this.#loop.arrive((nowMs) => this.#partition.states.arrived(activation, entries, nowMs)),
      failed: (error) => this.fail(error),
    });
    this.#partition = (options.createPartition ?? createPartition)({
      ...{ functions: options.functions, limits, deadLetters: this.#deadLetters },
      host: createInvocationHost({
        ...{ functions: options.functions, egressIds: options.egress.map((egress) => egress.id) },
        ...{ logger: this.#logger, metrics: this.#metrics, scope: options.invocationScope },
        subscriptions: toSubscriptionSettings(options.subscriptions),
        budget: new MessageBudget({ limits, heapBytesMax, held: () => [this.#partition.held, this.#outbox.held] }),
        isTokenPending: (address, token) => this.#partition.delayed.isPending(address, token),
      }),
      ports: {
        readState: (activation) => this.#states.read(activation),
        watch: (run, settling) => this.#watch(run, settling),
        stop: (error) => this.fail(error),
      },
    });
    const pace = outsideOfAttempts(options.pace ?? realPace);
    this.#intake = new RecordIntake({ router, partition: this.#partition, deadLetters: this.#deadLetters, unmatchedEvents });
    this.#redriveTargets = { intake: this.#intake, partition: this.#partition, ingress: options.ingress };
    this.#pipeline = new CommitPipeline({
      ...{ store: options.store, pace, limits, partition: this.#partition },
      committed: (capture) => this.#committed(capture),
      failed: (error) => this.fail(error),
    });
    const ports: PortParts = {
      ...{ clock: this.#clock, logger: this.#logger, limits, deadLetters: this.#deadLetters },
      group: () => this.#partition.group,
      wake: () => this.#loop.wake(),
      flushed: () => this.#pipeline.flushed(),
      failed: (error) => this.fail(error),
    };
    this.#ingress = createIngressBuffers(options.ingress, ports);
    this.#outbox = createOutbox(options.egress, ports);
    this.#loop = new EngineLoop({
      ...{ clock: this.#clock, pace, limits, partition: this.#partition, intake: this.#intake },
      ...{ pipeline: this.#pipeline, ingress: this.#ingress, outbox: this.#outbox },
      endless: (endless) => this.#logger.warn('functions message each other without end', { error: endlessError(endless) }),
      turned: () => [this.#quiet, this.#draining].forEach((watch) => watch?.check()),
      failed: (error) => this.fail(error),
    });
  }

  /** Recovers, then starts egress, functions and ingress. Rejects when one of them cannot start; the engine has stopped then. */
  async start(): Promise<void> {
    if (this.#phase !== 'new') throw new StatefunError('ENGINE_STOPPED', `an engine is started once; this one is ${this.#phase}.`);
    this.#phase = 'running';
    this.#starting = this.#startParts();
    try {
      await this.#starting;
      this.#started = true;
    } catch (error) {
      if (this.#draining === undefined) this.fail(error);
      await this.stopped;
      throw this.#failure ?? error;
    }
  }

  /**
   * Stops gracefully: ingress first, then what is under way is handled, committed and sent, then everything is closed. What is not done
   * by the deadline stays in the store for the next start; the answer says what that was.
   */
  async stop({ deadlineMs = 30_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return void (await this.stopped);
    this.#phase = 'stopping';
    this.#draining = new QuietWatch(() => this.#activity, deadlineMs);
    this.#loop.drain(deadlineMs);
    await closeIngress(this.#ingress, this.#logger);
    const drained = await within(deadlineMs, this.#drain(this.#draining));
    if (!drained || this.#partition.resting)
      this.#logger.warn('stopped before all had ended', { error: unfinished(this.#partition, this.#outbox, deadlineMs) });
    await this.#shutDown(undefined);
  }

  /** See {@link QuietWatch.whenQuiet}. Resolves also when the engine stops. */
  whenQuiet(): Promise<void> {
    if (this.#phase === 'stopped') return Promise.resolve();
    // A turn must pass first: what was fed a moment ago may not have been delivered yet.
    this.#loop.wake();
    return this.#quiet.whenQuiet();
  }

  /** Why the engine had to stop; undefined while it has not, and after an orderly stop. Known before everything is closed. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether every ingress has come to its end: files do, streams do not. */
  get ingressFinished(): boolean {
    return this.#ingress.every((buffer) => buffer.finished);
  }

  /** What its health is judged by. */
  get status(): EngineStatus {
    return readEngineStatus({
      ...{ phase: this.#phase, failure: this.#failure, loop: this.#loop, partition: this.#partition },
      ...{ ingress: this.#ingress, outbox: this.#outbox },
    });
  }

  statistics(): EngineStatistics {
    return collectStatistics({
      ...{ partition: this.#partition, intake: this.#intake, pipeline: this.#pipeline, outbox: this.#outbox },
      ...{ deadLetters: this.#deadLetters, counters: this.#metrics.values() },
    });
  }

  /** The state of an address by cell name, as its last successful invocation left it; empty when there is none. */
  state(address: Address): Promise<Record<string, unknown>> {
    return this.#states.snapshot(address, this.#partition.mailboxes.addresses, this.#partition.remoteTypes);
  }

  /** The dead letters that are kept, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.letters.list();
  }

  /** Tries a dead letter again from the beginning: a record is routed, a message delivered, an egress record sent. Throws DEAD_LETTER_UNKNOWN. */
  redrive(id: string): void {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', `dead letter ${id} waits for the next start.`);
    redrive(this.#deadLetters.take(id), this.#redriveTargets);
    this.#loop.wake();
  }

  /** Forgets a dead letter. Throws DEAD_LETTER_UNKNOWN. */
  drop(id: string): void {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', `dead letter ${id} waits for the next start.`);
    this.#deadLetters.take(id);
    this.#loop.wake();
  }

  /** Drops pending and delayed messages, and returns their sequences. Throws MESSAGE_UNKNOWN; see drop-messages.ts. */
  dropMessages(choice: MessageChoice): readonly number[] {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', 'the messages wait for the next start.');
    const dropped = this.#partition.drop(choice);
    this.#loop.wake();
    return dropped;
  }

  /** The delayed messages that have not arrived, by due time. */
  pendingDelayed(): readonly Delayed[] {
    return this.#partition.delayed.list();
  }

  /** The addresses that have not handled all their messages. */
  waiting(): readonly WaitingAddress[] {
    return this.#partition.mailboxes.addresses.withMessages().map(waitingAddress);
  }

  async #startParts(): Promise<void> {
    const recovered = await recover(this.#options.store);
    restore(recovered, { partition: this.#partition, letters: this.#deadLetters.letters, nowMs: this.#clock.now() });
    applyRequests(recovered.requests, { ...this.#redriveTargets, deadLetters: this.#deadLetters, logger: this.#logger });
    this.#ensureRunning();
    await this.#outbox.start();
    this.#ensureRunning();
    this.#outbox.release(recovered.outbox);
    this.#loop.start();
    for (const buffer of this.#ingress) {
      const positions = await recoverPositions(this.#options.store, buffer.ingress.name);
      this.#ensureRunning();
      await buffer.start(positions);
    }
    this.#ensureRunning();
  }

  /** A start that is overtaken by a stop, or by a failure, opens nothing more; only the failure is one. */
  #ensureRunning(): void {
    if (this.#phase !== 'running') throw new StatefunError('ENGINE_STOPPED', 'the engine was stopped while it was starting.');
  }

  /** Resolves when the start is over and what is under way is done; handlers are waited for. */
  async #drain(watch: QuietWatch): Promise<void> {
    const started = await this.#starting?.then(() => true).catch(() => false);
    if (started === true) await watch.whenQuiet();
  }

  #committed(capture: Capture): void {
    this.#partition.committed(capture);
    if (this.#phase === 'stopped') return;
    this.#outbox.release(capture.outbox);
    this.#loop.wake();
  }

  #watch(run: PartitionRun, settling: Promise<void>): void {
    settling.then(
      () => this.#loop.arrive((nowMs) => this.#partition.settled(run, nowMs)),
      (error: unknown) => this.#loop.arrive((nowMs) => this.#partition.settled(run, nowMs, { error })),
    );
  }

  get #activity(): Activity {
    if (this.#loop.busy || this.#partition.states.underWay > 0 || !this.#outbox.resting) return 'busy';
    return this.#partition.running > 0 ? { handlersStarted: this.#partition.handlersStarted } : 'quiet';
  }

  /** Stops at once, and in order: nothing that is not committed leaves. */
  fail(thrown: unknown): void {
    if (this.#phase === 'stopped') return;
    const error = toError(thrown);
    this.#failure = error;
    // Whoever starts the engine is told by the rejection of the start, and explains it better.
    if (this.#started) this.#logger.error('the engine stops', { error });
    else this.#logger.debug('the engine does not start', { error });
    void this.#shutDown(error);
  }

  async #shutDown(error: Error | undefined): Promise<void> {
    if (this.#phase === 'stopped') return void (await this.stopped);
    this.#phase = 'stopped';
    this.#loop.stop();
    this.#partition.abandon();
    if (error !== undefined) await closeIngress(this.#ingress, this.#logger);
    await closeClients(this.#options.functions.clients(), this.#logger);
    await this.#outbox.stop((what, close) => closePart(what, this.#logger, close));
    await closePart('store', this.#logger, async () => this.#options.store.close());
    for (const watch of [this.#quiet, this.#draining]) watch?.release();
    this.#resolveStopped(error);
  }
}
