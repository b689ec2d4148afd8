import { toSubscriptionSettings } from '../functions/subscriptions.ts';
import type { Ingress } from '../ingress/ingress.ts';
import { formatAddress, type Address } from '../shared/address.ts';
import { systemClock, type Clock } from '../shared/clock.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { MetricsRegistry } from '../shared/metrics.ts';
import { AddressState } from '../state/address-state.ts';
import type { StateEntry } from '../state/state-entry.ts';
import { stateCollection, type Activation } from './activation.ts';
import type { Run } from './attempt-runner.ts';
import type { Capture } from './commit-group.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import { DeadLetterDesk } from './dead-letter-desk.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { Delayed } from './delayed-messages.ts';
import { EngineLoop } from './engine-loop.ts';
import type { EngineOptions } from './engine-options.ts';
import { createInvocationHost } from './invocation-host.ts';
import { IngressLane } from './ingress-lane.ts';
import { defaultLimits, type EngineLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import { Partition } from './partition.ts';
import { QuietWatch, type Activity } from './quiet-watch.ts';
import { RecordIntake } from './record-intake.ts';
import { recover, recoverPositions, type Recovered } from './recovery.ts';
import { redrive } from './redrive.ts';
import { collectStatistics, type EngineStatistics } from './statistics.ts';
import { within } from './within.ts';

type Phase = 'new' | 'running' | 'stopping' | 'stopped';

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
  readonly #deadLetters: DeadLetterDesk;
  readonly #intake: RecordIntake;
  readonly #pipeline: CommitPipeline;
  readonly #loop: EngineLoop;
  readonly #quiet = new QuietWatch(() => this.#activity);
  readonly #ingress: readonly IngressLane[];
  readonly #outbox: Outbox;
  #phase: Phase = 'new';
  #failure: Error | undefined;
  #resolveStopped: (error: Error | undefined) => void = () => undefined;

  /** Resolves when the engine has stopped: with an error when it had to. */
  readonly stopped: Promise<Error | undefined> = new Promise((resolve) => (this.#resolveStopped = resolve));

  constructor(options: EngineOptions) {
    const limits: EngineLimits = { ...defaultLimits, ...options.limits };
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#metrics = options.metrics ?? new MetricsRegistry();
    this.#deadLetters = new DeadLetterDesk({ limits, clock: this.#clock, logger: this.#logger, group: () => this.#partition.group });
    this.#partition = new Partition({
      functions: options.functions,
      limits,
      deadLetters: this.#deadLetters,
      instancePerMessage: options.instancePerMessage ?? false,
      host: createInvocationHost({
        functions: options.functions,
        egressIds: options.egress.map((egress) => egress.id),
        subscriptions: toSubscriptionSettings(options.subscriptions),
        logger: this.#logger,
        metrics: this.#metrics,
        isTokenPending: (address, token) => this.#partition.delayed.isPending(address, token),
      }),
      ports: {
        readState: (activation) => this.#readState(activation),
        watch: (run, settling) => this.#watch(run, settling),
        stop: (error) => this.#fail(error),
      },
    });
    const unmatchedEvents = options.unmatchedEvents ?? 'dead-letter';
    this.#intake = new RecordIntake({
      router: options.router,
      partition: this.#partition,
      deadLetters: this.#deadLetters,
      unmatchedEvents,
    });
    this.#pipeline = new CommitPipeline({
      store: options.store,
      partition: this.#partition,
      limits,
      committed: (capture) => this.#committed(capture),
      failed: (error) => this.#fail(error),
    });
    this.#ingress = options.ingress.map((ingress) => this.#ingressLane(ingress, limits));
    this.#outbox = this.#createOutbox(options);
    this.#loop = new EngineLoop({
      clock: this.#clock,
      limits,
      partition: this.#partition,
      intake: this.#intake,
      pipeline: this.#pipeline,
      ingress: this.#ingress,
      outbox: this.#outbox,
      turned: () => this.#quiet.check(),
      failed: (error) => this.#fail(error),
    });
  }

  /** Recovers, then starts egress, functions and ingress. Rejects when one of them cannot start; the engine has stopped then. */
  async start(): Promise<void> {
    if (this.#phase !== 'new') throw new StatefunError('ENGINE_STOPPED', `an engine is started once; this one is ${this.#phase}.`);
    this.#phase = 'running';
    try {
      const recovered = await this.#recover();
      await this.#outbox.start();
      this.#outbox.release(recovered.outbox);
      this.#loop.start();
      for (const lane of this.#ingress) await lane.start(await recoverPositions(this.#options.store, lane.ingress.name));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /**
   * Stops gracefully: ingress first, then what is under way is handled, committed and sent, then everything is closed. What is not done
   * by the deadline stays in the store for the next start; the answer says what that was.
   */
  async stop({ deadlineMs = 30_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return void (await this.stopped);
    const started = this.#phase === 'running';
    this.#phase = 'stopping';
    this.#loop.stopTaking();
    await Promise.all(this.#ingress.map((lane) => this.#close(`ingress ${lane.ingress.name}`, lane.stop())));
    const drained = !started || (await within(deadlineMs, this.#quiet.whenQuiet()));
    if (!drained) this.#logger.warn('stopped before everything had ended', { error: this.#unfinished(deadlineMs) });
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
    return this.#ingress.every((lane) => lane.finished);
  }

  statistics(): EngineStatistics {
    return collectStatistics({
      partition: this.#partition,
      intake: this.#intake,
      pipeline: this.#pipeline,
      outbox: this.#outbox,
      deadLetters: this.#deadLetters,
      counters: this.#metrics.values(),
    });
  }

  /** The state of an address by cell name, as its last successful invocation left it; empty when there is none. */
  async state(address: Address): Promise<Record<string, unknown>> {
    const live = this.#partition.mailboxes.activations.find(address)?.state;
    if (live !== undefined) return live.snapshot();
    const registered = this.#options.functions.get(address.type);
    if (registered === undefined) throw this.#options.functions.unknown(address.type, 'asked for its state');
    return new AddressState(registered.cells, await this.#options.store.load(stateCollection(address))).snapshot();
  }

  /** The dead letters that are kept, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.letters.list();
  }

  /** Tries a dead letter again from the beginning: a record is routed, a message delivered, an egress record sent. Throws DEAD_LETTER_UNKNOWN. */
  redrive(id: string): void {
    redrive(this.#deadLetters.take(id), { intake: this.#intake, partition: this.#partition, ingress: this.#options.ingress });
    this.#loop.wake();
  }

  /** The delayed messages that have not arrived, by due time. */
  pendingDelayed(): readonly Delayed[] {
    return this.#partition.delayed.list();
  }

  async #recover(): Promise<Recovered> {
    const recovered = await recover(this.#options.store);
    const nowMs = this.#clock.now();
    this.#deadLetters.letters.restore(recovered.deadLetters);
    for (const { sequence } of recovered.messages) this.#partition.skipSequence(sequence);
    for (const { sequence } of recovered.outbox) this.#partition.skipSequence(sequence);
    for (const { message, sequence, dueAt, token } of recovered.delayed) this.#partition.restoreDelayed(message, sequence, dueAt, token);
    for (const message of recovered.messages) this.#partition.restore(message, nowMs);
    return recovered;
  }

  #ingressLane(ingress: Ingress, limits: EngineLimits): IngressLane {
    return new IngressLane(ingress, {
      limits,
      clock: this.#clock,
      logger: this.#logger,
      wake: () => this.#loop.wake(),
      failed: (error) => this.#fail(error),
      savePosition: (partition, position) => {
        this.#partition.group.position(ingress.name, partition, position);
        this.#loop.wake();
        return this.#pipeline.flushed();
      },
    });
  }

  #createOutbox({ egress }: EngineOptions): Outbox {
    return new Outbox({
      egress,
      clock: this.#clock,
      logger: this.#logger,
      deadLetters: this.#deadLetters,
      group: () => this.#partition.group,
      wake: () => this.#loop.wake(),
    });
  }

  #committed(capture: Capture): void {
    this.#partition.committed(capture);
    if (this.#phase === 'stopped') return;
    this.#outbox.release(capture.outbox);
    this.#loop.wake();
  }

  #readState(activation: Activation): readonly StateEntry[] | undefined {
    const entries = this.#options.store.load(activation.collection);
    if (!(entries instanceof Promise)) return entries;
    entries.then(
      (loaded) => this.#loop.arrive((nowMs) => this.#partition.stateRead(activation, loaded, nowMs)),
      (cause: unknown) => {
        const where = formatAddress(activation.address);
        this.#fail(new StatefunError('STATE_READ_FAILED', `the state of ${where} cannot be read: ${toError(cause).message}`, { cause }));
      },
    );
    return undefined;
  }

  #watch(run: Run, settling: Promise<void>): void {
    settling.then(
      () => this.#loop.arrive((nowMs) => this.#partition.settled(run, nowMs)),
      (error: unknown) => this.#loop.arrive((nowMs) => this.#partition.settled(run, nowMs, { error })),
    );
  }

  get #activity(): Activity {
    if (this.#loop.busy || this.#partition.loading > 0 || !this.#outbox.resting) return 'busy';
    return this.#partition.running > 0 ? 'awaiting-handlers' : 'quiet';
  }

  #unfinished(deadlineMs: number): StatefunError {
    const left = `${this.#partition.mailboxes.messages} messages and ${this.#outbox.records} egress records`;
    return new StatefunError('STOP_DEADLINE_PASSED', `after ${deadlineMs} ms ${left} are left for the next start.`);
  }

  #fail(thrown: unknown): void {
    if (this.#phase === 'stopped') return;
    const error = toError(thrown);
    this.#failure = error;
    this.#logger.error('the engine stops', { error });
    void this.#shutDown(error);
  }

  async #shutDown(error: Error | undefined): Promise<void> {
    if (this.#phase === 'stopped') return void (await this.stopped);
    this.#phase = 'stopped';
    this.#loop.stop();
    if (error !== undefined) await Promise.all(this.#ingress.map((lane) => this.#close(`ingress ${lane.ingress.name}`, lane.stop())));
    await this.#outbox.stop((what, closing) => this.#close(what, closing));
    await this.#close('store', this.#options.store.close());
    this.#quiet.release();
    this.#resolveStopped(error);
  }

  /** One part that cannot be closed does not keep the others open. */
  #close(what: string, closing: Promise<void>): Promise<void> {
    return closing.catch((error: unknown) => this.#logger.warn(`closing the ${what} failed`, { error }));
  }
}
