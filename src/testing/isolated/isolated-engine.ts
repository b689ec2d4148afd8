import { CommitGroup } from '../../engine/partition/commit-group.ts';
import { DeadLetterIntake } from '../../engine/partition/dead-letter-intake.ts';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import type { Delayed } from '../../engine/partition/delayed-messages.ts';
import { stateCollection } from '../../engine/partition/activation.ts';
import { defaultLimits } from '../../engine/partition/limits.ts';
import type { InvocationHost } from '../../functions/invocation-host.ts';
import type { Message } from '../../functions/message.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import type { Address } from '../../shared/address.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { ManualClock } from '../../shared/time/manual-clock.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import { MemoryStore } from '../../storage/memory-store.ts';
import type { EgressEffect } from '../../functions/effects.ts';
import { IsolatedPartition } from './isolated-partition.ts';
import { RunningHandlers } from './running-handlers.ts';

/** Most invocations per call of a test: a function that messages itself endlessly would hang the test runner. */
const invocationsMax = 100_000;

export interface IsolatedEngineOptions {
  readonly address: Address;
  readonly functions: FunctionRegistry;
  readonly host: Omit<InvocationHost, 'isCancellationTokenPending'>;
  readonly clock: ManualClock;
  readonly handlerGraceMs: number;
  /** Called with each message to another address when it would arrive there. */
  readonly recordMessage: (message: Message) => void;
  /** Called with each egress record when it is committed. */
  readonly recordEgress: (record: EgressEffect) => void;
}

/** Runs the core of the engine for one address, with a manual clock, a store in memory and recorders for everything outside. */
export class IsolatedEngine {
  readonly #options: IsolatedEngineOptions;
  readonly #partition: IsolatedPartition;
  readonly #deadLetters: DeadLetterIntake;
  readonly #store = new MemoryStore();
  readonly #handlers: RunningHandlers;
  #stopped: Error | undefined;

  constructor(options: IsolatedEngineOptions) {
    const { functions, address, clock, host } = options;
    this.#options = options;
    this.#handlers = new RunningHandlers(options.handlerGraceMs);
    const group = new CommitGroup();
    this.#deadLetters = new DeadLetterIntake({ limits: defaultLimits, clock, logger: host.logger, group });
    const ports = {
      readState: () => this.stored(),
      watch: (run: Parameters<RunningHandlers['add']>[0], settling: Promise<void>): void => {
        const settled = settling.then(
          () => run.settled(clock.now()),
          (error: unknown) => run.settled(clock.now(), { error }),
        );
        this.#handlers.add(run, settled);
      },
      stop: (error: Error): void => {
        this.#stopped = error;
      },
    };
    const fullHost: InvocationHost = {
      ...host,
      isCancellationTokenPending: (sender, token) => this.#partition.delayed.isPending(sender, token),
    };
    this.#partition = new IsolatedPartition(
      { functions, host: fullHost, ports, limits: defaultLimits, deadLetters: this.#deadLetters, group },
      address,
      options.recordMessage,
    );
  }

  /** Writes the state of the address before the test. */
  async give(entries: readonly { readonly key: string; readonly value: string | Uint8Array | undefined }[]): Promise<void> {
    const collection = stateCollection(this.#options.address);
    await this.#store.commit(entries.map((entry) => ({ collection, ...entry })));
  }

  /** Returns the entries of the address in the store. */
  stored(): readonly StateEntry[] {
    return this.#store.load(stateCollection(this.#options.address));
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#deadLetters.letters.list();
  }

  dropDeadLetters(): void {
    for (const { id } of this.#deadLetters.letters.list()) this.#deadLetters.take(id);
  }

  /** The delayed messages that are not due yet, by due time. */
  get delayed(): readonly Delayed[] {
    return this.#partition.delayed.list();
  }

  /** Delivers a message. Resolves when nothing is left to do until the clock moves or a handler that awaits something outside settles. */
  async deliver(message: Message): Promise<void> {
    this.#partition.enqueue(message);
    await this.settle();
  }

  /** Moves the clock step by step, to each time at which something is due. */
  async advance(untilMs: number): Promise<void> {
    await this.#moveWhile((nextDueAt) => nextDueAt <= untilMs);
    this.#options.clock.step(untilMs);
  }

  /** Moves the clock until no message waits for another attempt. */
  async settleRetries(): Promise<void> {
    await this.#moveWhile(() => this.#partition.mailboxes.messages > 0);
  }

  async #moveWhile(continues: (nextDueAt: number) => boolean): Promise<void> {
    const { clock } = this.#options;
    await this.settle();
    for (let rounds = 0; ; rounds += 1) {
      const next = this.#partition.nextDueAt;
      if (next === undefined || !continues(next)) return;
      if (rounds === invocationsMax) throw this.#endless();
      clock.step(next);
      this.#partition.advance(clock.now());
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    do await this.#work();
    while (await this.#handlers.next());
    if (this.#stopped !== undefined) throw this.#stopped;
  }

  async #work(): Promise<void> {
    const nowMs = this.#options.clock.now();
    for (let steps = 0; this.#partition.step(nowMs); steps += 1) if (steps === invocationsMax) throw this.#endless();
    const capture = this.#partition.capture();
    await this.#store.commit(capture.changes);
    this.#partition.committed(capture);
    for (const { egressId, envelopes } of capture.outbox)
      for (const envelope of envelopes) this.#options.recordEgress({ egressId, envelope });
  }

  #endless(): StatefunError {
    const { type, id } = this.#options.address;
    return new StatefunError('TEST_NEVER_QUIET', `${type}/${id} was still at work after ${invocationsMax} invocations.`, {
      facts: { address: this.#options.address, invocationsMax },
    });
  }
}
