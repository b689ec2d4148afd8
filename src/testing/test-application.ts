import { assembleApplication, type AssembledApplication } from '../application/assemble.ts';
import { gatherContributions } from '../application/contributions.ts';
import type { ApplicationDefinition } from '../application/definition.ts';
import type { Provider } from '../application/provider.ts';
import { memoryIngress } from '../connectors/memory/memory-ingress.ts';
import { stateCollection } from '../engine/activation.ts';
import type { DeadLetter } from '../engine/dead-letters.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineStatistics } from '../engine/statistics.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent } from '../envelope/complete-event.ts';
import type { FunctionRegistry } from '../functions/registry.ts';
import { ensureAddressId, type Address } from '../shared/address.ts';
import { toMilliseconds, type Duration } from '../shared/duration.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { ManualClock } from '../shared/manual-clock.ts';
import { messageIdOf } from '../shared/message-id.ts';
import { MemoryStore } from '../storage/memory-store.ts';
import type { DelayedEvent } from './sent-event.ts';
import type { EgressedEvent } from './egressed-event.ts';
import { toFixture, type Fixture } from './fixture.ts';
import { encodeGivenState, type GivenState } from './given-state.ts';
import { playFixture, type PlayOptions, type PlaySummary } from './play-fixture.ts';
import { RecordingEgress } from './recording-egress.ts';
import { ownState, subscribersIn } from './snapshot.ts';
import type { StateSnapshot } from './state-expectation.ts';
import { clockAt, type PointInTime } from './test-clock.ts';

/** State an address has before the test. */
export interface GivenAddress {
  readonly function: FunctionTarget;
  readonly id: string;
  /** By name of the cell: values, tables as objects, lists as arrays. */
  readonly state?: GivenState;
  /** Addresses that are subscribed already. */
  readonly subscribers?: readonly Address[];
}

export interface TestApplicationOptions {
  /** Each replaces the provider of its token, or is added. */
  readonly providers?: readonly Provider[];
  readonly given?: readonly GivenAddress[];
  /** Where the clock stands at first. @defaultValue 2026-01-01T00:00:00Z */
  readonly now?: PointInTime;
  /** @defaultValue none */
  readonly logger?: Logger;
}

/**
 * A whole application in memory, on the engine it runs on in production: all its forwarders and functions, one ingress and recorders in
 * the place of those it declares, and a clock that only the test moves. Stop it when the test is over.
 *
 * Rejects with APPLICATION_INVALID, and with TEST_STATE_INVALID for state that does not fit.
 */
export async function testApplication(definition: ApplicationDefinition, options: TestApplicationOptions = {}): Promise<TestApplication> {
  const clock = clockAt(options.now);
  const ingress = memoryIngress({ name: 'test' });
  const left: EgressedEvent[] = [];
  // What the declared ones are like is checked when the application is started; here only their ids matter.
  const declared = gatherContributions(definition, []).egress;
  const egress = declared.map(({ id }) => new RecordingEgress(id, (event) => left.push(event)));
  const application = await assembleApplication(definition, { providers: options.providers ?? [], ingress: [ingress], egress, clock });
  const store = new MemoryStore();
  await give(store, application.functions, options.given ?? [], clock.now());
  const engine = new Engine({
    ...engineOptions(application),
    clock,
    store,
    logger: options.logger ?? silentLogger,
  });
  await engine.start();
  return new TestApplication({ engine, clock, functions: application.functions, left, put: (data) => ingress.put([{ data }]) });
}

interface TestApplicationParts {
  readonly engine: Engine;
  readonly clock: ManualClock;
  readonly functions: FunctionRegistry;
  readonly left: EgressedEvent[];
  readonly put: (data: string | Uint8Array) => Promise<void>;
}

export class TestApplication {
  readonly #parts: TestApplicationParts;
  readonly #engine: Engine;
  #received = 0;

  /** @internal */
  constructor(parts: TestApplicationParts) {
    this.#parts = parts;
    this.#engine = parts.engine;
  }

  /**
   * Lets an event come in, and resolves when all it led to is handled, committed and sent. Text and bytes come in as they are, so that a
   * record that is no event can be tested. What fails becomes visible in `deadLetters`; see `settleRetries`.
   */
  async receives(event: CloudEvent | NewEvent | string | Uint8Array): Promise<void> {
    if (typeof event === 'string' || event instanceof Uint8Array) return this.#receive(event);
    const id = messageIdOf('statefun/testing', '', this.#received++);
    const complete = completeEvent(event, { id, source: '/test', time: () => new Date(this.now).toISOString() });
    await this.#receive(JSON.stringify(complete));
  }

  /** Plays a fixture: JSON Lines with events, control lines and expectations; see docs/testing.md. A path is relative to the working directory. */
  async play(fixture: string | URL | Fixture, options: PlayOptions = {}): Promise<PlaySummary> {
    let taken = 0;
    const stage = {
      receive: (_event: CloudEvent, text: string) => this.#receive(text),
      advance: (delayMs: number) => this.advance(delayMs),
      takeEgress: (): readonly EgressedEvent[] => {
        const events = this.#parts.left.slice(taken);
        taken += events.length;
        return events;
      },
      state: async ({ type, id }: Address) => (this.#parts.functions.has(type) ? this.state(type, id) : undefined),
      defaultAddress: undefined,
    };
    return playFixture(stage, toFixture(fixture), options);
  }

  /** Moves the clock: delayed messages become due in their order, retries and time-outs happen. */
  async advance(duration: Duration): Promise<void> {
    const untilMs = this.now + toMilliseconds(duration);
    await this.#quiet();
    while (this.#parts.clock.step(untilMs)) await this.#quiet();
  }

  /** Moves the clock until no message waits for another attempt: each has succeeded or has been given up. */
  async settleRetries(): Promise<void> {
    await this.#quiet();
    const { clock } = this.#parts;
    for (let next = clock.nextDueAt; next !== undefined && this.statistics().messagesPending > 0; next = clock.nextDueAt) {
      clock.step(next);
      await this.#quiet();
    }
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    return this.#parts.clock.now();
  }

  /** Events that left since the last `clear`, in order; of one egress, or of all. */
  egress(egressId?: string): readonly EgressedEvent[] {
    return this.#parts.left.filter((event) => egressId === undefined || event.egressId === egressId);
  }

  /** What an address keeps, by name of the cell: values, tables as objects, lists as arrays. Cells that hold nothing are left out. */
  async state(target: FunctionTarget, id: string): Promise<StateSnapshot> {
    return ownState(await this.#snapshot(target, id));
  }

  /** Who is subscribed to an address, in the order they subscribed. */
  async subscribers(target: FunctionTarget, id: string): Promise<readonly Address[]> {
    return subscribersIn(await this.#snapshot(target, id));
  }

  /** What could not be handled and is kept with its reason, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#engine.deadLetters();
  }

  /** Tries a dead letter again from the beginning, and resolves when all it led to is over. Throws DEAD_LETTER_UNKNOWN. */
  async redrive(id: string): Promise<void> {
    this.#engine.redrive(id);
    await this.#quiet();
  }

  /** Delayed messages that are not due yet, by due time. */
  pending(): readonly DelayedEvent[] {
    return this.#engine
      .pendingDelayed()
      .map(({ message, dueAt, token }) => ({ to: message.target, event: message.envelope.event, dueAt, token }));
  }

  /** What the engine has done so far. */
  statistics(): EngineStatistics {
    return this.#engine.statistics();
  }

  /** Forgets the events that have left. */
  clear(): void {
    this.#parts.left.length = 0;
  }

  /** Ends the application. Messages that wait for the clock are dropped with it. */
  async stop(): Promise<void> {
    await this.#engine.stop();
  }

  async #receive(data: string | Uint8Array): Promise<void> {
    this.#ensureRunning();
    await this.#parts.put(data);
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    await this.#engine.whenQuiet();
    this.#ensureRunning();
  }

  /** A function whose policy is to stop the engine stops the test. */
  #ensureRunning(): void {
    const { failure } = this.#engine;
    if (failure !== undefined) throw failure;
  }

  async #snapshot(target: FunctionTarget, id: string): Promise<StateSnapshot> {
    const type = functionTypeOf(target);
    return this.#engine.state({ type, id: ensureAddressId(id, type) });
  }
}

function engineOptions({ functions, router, ingress, egress, subscriptions, unmatchedEvents, engine }: AssembledApplication) {
  return { functions, router, ingress, egress, subscriptions, unmatchedEvents, ...engine, instancePerMessage: true };
}

async function give(store: MemoryStore, functions: FunctionRegistry, given: readonly GivenAddress[], nowMs: number): Promise<void> {
  for (const { function: target, id, state = {}, subscribers = [] } of given) {
    const type = functionTypeOf(target);
    const registered = functions.get(type);
    if (registered === undefined) throw functions.unknown(type, 'state given to a test');
    const collection = stateCollection({ type, id: ensureAddressId(id, type) });
    await store.commit(encodeGivenState(registered, state, subscribers, nowMs).map((entry) => ({ collection, ...entry })));
  }
}
