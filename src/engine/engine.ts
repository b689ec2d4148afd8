import type { Address } from '../shared/address.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { within } from '../shared/time/deadline.ts';
import { closeClients, closeIngress, closePart } from './close-part.ts';
import type { EngineOptions } from './engine-options.ts';
import { createEngineParts, type EngineEvents, type EngineParts } from './engine-parts.ts';
import type { Capture } from './partition/commit-group.ts';
import type { DeadLetter } from './partition/dead-letters.ts';
import type { Delayed } from './partition/delayed-messages.ts';
import type { MessageChoice } from './partition/drop-messages.ts';
import { waitingAddresses, type WaitingAddress } from './partition/waiting-address.ts';
import { recover, recoverPositions, restore } from './recovery/recovery.ts';
import { redrive, type RedriveTargets } from './recovery/redrive.ts';
import { applyRequests } from './recovery/requests.ts';
import { readEngineStatus, type EngineStatus, type Phase } from './report/engine-status.ts';
import { QuietWatch, type Activity } from './report/quiet-watch.ts';
import { collectStatistics, type EngineStatistics } from './report/statistics.ts';
import { unfinished } from './report/unfinished.ts';

/**
 * The embedded engine: one process, one partition, one store.
 *
 * It recovers the content of the store and starts egress before ingress. From then on it turns records into messages, messages into effects,
 * effects into commits, and committed egress records into records outside. When the store fails, or the policy of a function demands it, the
 * engine stops at once: nothing uncommitted leaves.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #parts: EngineParts;
  readonly #redriveTargets: RedriveTargets;
  readonly #quiet = new QuietWatch(() => this.#activity);
  #draining: QuietWatch | undefined;
  #starting: Promise<void> | undefined;
  #phase: Phase = 'new';
  #failure: Error | undefined;
  #started = false;
  #resolveStopped: (error: Error | undefined) => void = () => undefined;

  /** Resolves when the engine has stopped: with the error that stopped it, or undefined after an orderly stop. */
  readonly stopped: Promise<Error | undefined> = new Promise((resolve) => (this.#resolveStopped = resolve));

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#parts = createEngineParts(options, this.#events());
    const { intake, partition } = this.#parts;
    this.#redriveTargets = { intake, partition, ingress: options.ingress };
  }

  /** Recovers, then starts egress, functions and ingress. When one of them cannot start, the engine stops and the promise rejects. */
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
   * Stops gracefully: stops the ingress, waits until everything inside is handled, committed and sent, and closes all parts. Whatever is not
   * done by the deadline stays in the store for the next start and is logged as a warning.
   */
  async stop({ deadlineMs = 30_000 }: { readonly deadlineMs?: number } = {}): Promise<void> {
    if (this.#phase === 'stopping' || this.#phase === 'stopped') return void (await this.stopped);
    this.#phase = 'stopping';
    const { loop, ingress, partition, outbox, logger } = this.#parts;
    this.#draining = new QuietWatch(() => this.#activity, deadlineMs);
    loop.drain(deadlineMs);
    await closeIngress(ingress, logger);
    const drained = await within(deadlineMs, this.#drain(this.#draining));
    if (!drained || partition.resting) logger.warn('stopped before all had ended', { error: unfinished(partition, outbox, deadlineMs) });
    await this.#shutDown(undefined);
  }

  /** Resolves when the engine is quiet (see {@link QuietWatch.whenQuiet}) or has stopped. */
  whenQuiet(): Promise<void> {
    if (this.#phase === 'stopped') return Promise.resolve();
    // A turn must pass first: records fed a moment ago may not have been delivered yet.
    this.#parts.loop.wake();
    return this.#quiet.whenQuiet();
  }

  /** The error that stopped the engine; undefined while it runs and after an orderly stop. Set before the parts are closed. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Whether every ingress has delivered its last record. Files end, streams do not. */
  get ingressFinished(): boolean {
    return this.#parts.ingress.every((buffer) => buffer.finished);
  }

  /** The state of the parts, for health reports. */
  get status(): EngineStatus {
    const { loop, partition, ingress, outbox } = this.#parts;
    return readEngineStatus({ phase: this.#phase, failure: this.#failure, loop, partition, ingress, outbox });
  }

  statistics(): EngineStatistics {
    return collectStatistics({ ...this.#parts, counters: this.#parts.metrics.values() });
  }

  /** Returns the state of an address by cell name, as its last successful invocation left it; an empty object when there is none. */
  state(address: Address): Promise<Record<string, unknown>> {
    const { states, partition } = this.#parts;
    return states.snapshot(address, partition.mailboxes.addresses, partition.remoteTypes);
  }

  /** Returns the dead letters that are kept, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#parts.deadLetters.letters.list();
  }

  /** Tries a dead letter again from the beginning: a record is routed, a message delivered, an egress record sent. Throws DEAD_LETTER_UNKNOWN. */
  redrive(id: string): void {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', `dead letter ${id} waits for the next start.`);
    redrive(this.#parts.deadLetters.take(id), this.#redriveTargets);
    this.#parts.loop.wake();
  }

  /** Removes a dead letter. Throws DEAD_LETTER_UNKNOWN. */
  drop(id: string): void {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', `dead letter ${id} waits for the next start.`);
    this.#parts.deadLetters.take(id);
    this.#parts.loop.wake();
  }

  /** Drops pending and delayed messages, and returns their sequences. Throws MESSAGE_UNKNOWN; see drop-messages.ts. */
  dropMessages(choice: MessageChoice): readonly number[] {
    if (this.#phase === 'stopped') throw new StatefunError('ENGINE_STOPPED', 'the messages wait for the next start.');
    const dropped = this.#parts.partition.drop(choice);
    this.#parts.loop.wake();
    return dropped;
  }

  /** Returns the delayed messages that have not arrived, by due time. */
  pendingDelayed(): readonly Delayed[] {
    return this.#parts.partition.delayed.list();
  }

  /** Returns the addresses that have not handled all their messages. */
  waiting(): readonly WaitingAddress[] {
    return waitingAddresses(this.#parts.partition.mailboxes);
  }

  async #startParts(): Promise<void> {
    const { store } = this.#options;
    const { partition, deadLetters, logger, clock, outbox, loop, ingress } = this.#parts;
    const recovered = await recover(store);
    const unacknowledged = restore(recovered, { partition, letters: deadLetters.letters, nowMs: clock.now() });
    applyRequests(recovered.requests, { ...this.#redriveTargets, deadLetters, logger });
    this.#ensureRunning();
    await outbox.start();
    this.#ensureRunning();
    outbox.release(unacknowledged);
    loop.start();
    for (const buffer of ingress) {
      const positions = await recoverPositions(store, buffer.ingress.id);
      this.#ensureRunning();
      await buffer.start(positions);
    }
    this.#ensureRunning();
  }

  /** Ends a start during which the engine was stopped or has failed: no further part is started. */
  #ensureRunning(): void {
    if (this.#phase !== 'running') throw new StatefunError('ENGINE_STOPPED', 'the engine was stopped while it was starting.');
  }

  /** Resolves when the start has ended and the engine is quiet. Waits for running handlers. */
  async #drain(watch: QuietWatch): Promise<void> {
    const started = await this.#starting?.then(() => true).catch(() => false);
    if (started !== true) return;
    // A commit may be waiting.
    this.#parts.loop.wake();
    await watch.whenQuiet();
  }

  #events(): EngineEvents {
    return {
      committed: (capture) => this.#committed(capture),
      turned: () => {
        this.#quiet.check();
        this.#draining?.check();
      },
      awaited: () => this.#draining !== undefined || this.#quiet.awaited,
      fail: (error) => this.fail(error),
    };
  }

  #committed(capture: Capture): void {
    const { partition, outbox, loop } = this.#parts;
    partition.committed(capture);
    if (this.#phase === 'stopped') return;
    outbox.release(capture.outbox);
    loop.wake();
  }

  get #activity(): Activity {
    const { loop, partition, outbox } = this.#parts;
    if (loop.busy || partition.states.reading > 0 || !outbox.resting) return 'busy';
    return partition.running > 0 ? { handlersStarted: partition.handlersStarted } : 'quiet';
  }

  /** Stops at once and in order: nothing uncommitted leaves. */
  fail(thrown: unknown): void {
    if (this.#phase === 'stopped') return;
    const error = toError(thrown);
    this.#failure = error;
    // A failure of the start is reported by its rejection, where more is known about it.
    if (this.#started) this.#parts.logger.error('the engine stops', { error });
    else this.#parts.logger.debug('the engine does not start', { error });
    void this.#shutDown(error);
  }

  async #shutDown(error: Error | undefined): Promise<void> {
    if (this.#phase === 'stopped') return void (await this.stopped);
    this.#phase = 'stopped';
    const { loop, partition, pipeline, ingress, outbox, logger } = this.#parts;
    loop.stop();
    pipeline.stop();
    partition.abandon();
    if (error !== undefined) await closeIngress(ingress, logger);
    await closeClients(this.#options.functions.clients(), logger);
    await outbox.stop((what, close) => closePart(what, logger, close));
    await closePart('store', logger, async () => this.#options.store.close());
    for (const watch of [this.#quiet, this.#draining]) watch?.release();
    this.#resolveStopped(error);
  }
}
