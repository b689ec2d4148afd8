import type { AssembledApplication } from '../../application/assemble.ts';
import { Engine } from '../../engine/engine.ts';
import type { CommitGap, Pace } from '../../engine/commit/pace.ts';
import type { EngineLimits } from '../../engine/partition/limits.ts';
import { parseAddress } from '../../shared/address.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Ledger } from '../checks/ledger.ts';
import { ObservedPartition } from './observed-partition.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { SimulatedEgress, type SimulatedEgressOptions } from './simulated-egress.ts';
import { SimulatedIngress, type SimulatedRecord } from './simulated-ingress.ts';
import { SimulatedStore, type SimulatedStoreOptions } from './simulated-store.ts';
import { stableText } from '../report/texts.ts';
import { storedSnapshot } from '../checks/view.ts';
import type { WatchedHandlers } from './watched-handlers.ts';

export interface EngineRunOptions {
  readonly application: AssembledApplication;
  readonly limits: EngineLimits;
  readonly gap: CommitGap;
  readonly clock: SimulatedClock;
  readonly ledger: Ledger;
  readonly handlers: WatchedHandlers;
  readonly records: readonly SimulatedRecord[];
  readonly store: Omit<SimulatedStoreOptions, 'written'>;
  readonly egress: Omit<SimulatedEgressOptions, 'started'>;
  readonly logger: Logger;
}

/** One run of the engine, from a start to its end, with ports that the simulation steps. */
export class EngineRun {
  readonly engine: Engine;
  readonly store: SimulatedStore;
  readonly ingress: SimulatedIngress;
  readonly egress: readonly SimulatedEgress[];
  readonly #options: EngineRunOptions;
  #partition: ObservedPartition | undefined;
  #turn: (() => void) | undefined;
  #wait: (() => void) | undefined;
  #paceMs = 0;
  #alive = true;
  #stopped = false;
  #started = false;

  constructor(options: EngineRunOptions) {
    const { application, limits, ledger, handlers, records, logger } = options;
    this.#options = options;
    this.store = new SimulatedStore({ ...options.store, written: () => ledger.durable() });
    this.ingress = new SimulatedIngress(records, (count) => ledger.positionsRecovered(count));
    const egress = { ...options.egress, started: () => this.partition.recoveryEnded() };
    this.egress = application.egress.map(({ id }) => new SimulatedEgress(id, egress));
    const { functions, router, subscriptions, unmatchedEvents } = application;
    this.engine = new Engine({
      functions,
      router,
      subscriptions,
      unmatchedEvents,
      limits,
      logger,
      invocationScope: handlers,
      ingress: [this.ingress],
      egress: this.egress,
      store: this.store,
      clock: this.#clock(),
      pace: this.#pace(),
      createPartition: (partition) => (this.#partition = new ObservedPartition(partition, ledger)),
    });
    ledger.begin({
      partition: this.partition,
      limits,
      outboxFull: () => this.engine.status.outbox.full,
      letters: () => this.engine.deadLetters(),
      recordsWaiting: () => this.engine.status.ingress.reduce((sum, { recordsWaiting }) => sum + recordsWaiting, 0),
      taken: () => this.engine.statistics().recordsTaken,
      stored: (address) =>
        stableText(storedSnapshot({ functions, durable: options.store.durable, partition: this.partition }, parseAddress(address))),
    });
  }

  get partition(): ObservedPartition {
    assertInvariant(this.#partition !== undefined, 'an engine makes its partition at once');
    return this.#partition;
  }

  /** The turn that the loop has scheduled. */
  get turn(): (() => void) | undefined {
    return this.#turn;
  }

  /** Ends the wait of a commit. */
  get wait(): (() => void) | undefined {
    return this.#wait;
  }

  /** Whether the engine has stopped, on request or by a failure. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether every part of the engine runs. */
  get started(): boolean {
    return this.#started;
  }

  start(): void {
    void this.engine.stopped.then(() => (this.#stopped = true));
    this.engine.start().then(
      () => (this.#started = true),
      // The engine reports the failure, and the simulation reads it there.
      () => undefined,
    );
  }

  /** Stops as an application is stopped; the deadline is one of real time, which does not pass here. */
  stop(): void {
    void this.engine.stop({ deadlineMs: 1 });
  }

  /** Ends the process: calls get no response, and nothing that is left of it has an effect. */
  kill({ batchesArrive }: { readonly batchesArrive: boolean }): void {
    this.#alive = false;
    this.#turn = undefined;
    this.#wait = undefined;
    this.store.kill();
    for (const egress of this.egress) egress.kill(batchesArrive);
    // The signal ends handlers, so that they release their resources in this process, which lives on.
    this.ingress.fail(new Error('the simulation ends this process'));
    this.#options.handlers.forget();
  }

  #clock(): { now(): number; schedule(dueAt: number, callback: () => void): () => void } {
    const { clock } = this.#options;
    return {
      now: () => clock.now(),
      schedule: (dueAt, callback) => (this.#alive ? clock.schedule(dueAt, callback) : () => undefined),
    };
  }

  #pace(): Pace {
    return {
      // A step takes a millisecond.
      now: () => ++this.#paceMs,
      nextTurn: (turn) => {
        if (!this.#alive) return;
        this.#turn = () => {
          this.#turn = undefined;
          turn();
        };
      },
      // A step of its own, since the time of the pace is not that of the clock.
      later: (_, callback) => {
        const wait = (): void => {
          this.#wait = undefined;
          callback();
        };
        if (this.#alive) this.#wait = wait;
        return () => {
          if (this.#wait === wait) this.#wait = undefined;
        };
      },
      gap: this.#options.gap,
      stepsPerLook: 1,
    };
  }
}
