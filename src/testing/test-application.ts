import { assembleApplication, type AssembledApplication } from '../application/assemble.ts';
import { gatherContributions } from '../application/components/contributions.ts';
import type { ApplicationDefinition } from '../application/definition.ts';
import { processFailures } from '../application/running/stray-failures.ts';
import type { DeadLetter } from '../engine/partition/dead-letters.ts';
import type { EngineStatistics } from '../engine/report/statistics.ts';
import type { WaitingAddress } from '../engine/partition/waiting-address.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { ensureAddressId, type Address } from '../shared/address.ts';
import type { ManualClock } from '../shared/time/manual-clock.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { StatefunError } from '../shared/errors.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import { messageIdOf } from '../shared/message-id.ts';
import { expectEgressEvents, type EgressPattern } from './expectations/egress-pattern.ts';
import type { EgressedEvent } from './egressed-event.ts';
import { expectList, expectState } from './expectations/expect-list.ts';
import { toFixture, type Fixture } from './fixtures/fixture.ts';
import { egressTaker, playFixture, type PlayOptions, type PlaySummary } from './fixtures/play-fixture.ts';
import { RecordingEgress } from './recording-egress.ts';
import type { DelayedEvent } from './sent-event.ts';
import { ownState, subscribersIn } from './own-state.ts';
import type { StateSnapshot } from './expectations/state-expectation.ts';
import { clockAt, type PointInTime } from './test-clock.ts';
import { startTestRun, type GivenAddress, type TestRun } from './test-run.ts';
import { toOverrides, type TestSettings } from './test-settings.ts';
import { completeTestEvent } from './complete-test-event.ts';

/** Most steps of the clock through failed attempts. With the default policy a message takes five. */
const retryStepsMax = 10_000;

export type { WaitingAddress } from '../engine/partition/waiting-address.ts';

export interface TestApplicationOptions extends TestSettings {
  /** The state of addresses before the test. */
  readonly given?: readonly GivenAddress[];
  /** @internal As in `runApplication`, for `statefun play`, where the process runs only the application. Test runners handle failures themselves. */
  readonly strayFailures?: boolean;
}

/**
 * Starts a whole application in memory, on the engine of production: all its forwarders and functions, with one ingress and recorders in place
 * of the declared ingresses and egresses, and a clock that only the test moves. Stop it at the end of the test.
 *
 * Rejects with APPLICATION_INVALID, and with TEST_STATE_INVALID for a given state that does not fit the cells.
 */
export async function testApplication(definition: ApplicationDefinition, options: TestApplicationOptions = {}): Promise<TestApplication> {
  const { given = [], now, logger = silentLogger } = options;
  const clock = clockAt(now);
  const left: EgressedEvent[] = [];
  // Only the ids of declared egresses matter here; the start of the application checks the rest.
  const declared = gatherContributions(definition, []).egress;
  const egress = declared.map(({ id }) => new RecordingEgress(id, (event) => left.push(event)));
  const application = await assembleApplication(definition, { ...toOverrides(options), ingress: [], egress, clock });
  application.invocationScope.active ||= options.strayFailures === true;
  const run = await startTestRun(application, { clock, given, logger });
  application.events.emit('started', { application: application.name }, logger);
  const test = new TestApplication({ application, clock, left, given, now, logger }, run);
  if (options.strayFailures === true) test.listenForFailures();
  return test;
}

interface TestApplicationParts {
  readonly application: AssembledApplication;
  readonly clock: ManualClock;
  readonly left: EgressedEvent[];
  readonly given: readonly GivenAddress[];
  readonly now: PointInTime | undefined;
  readonly logger: Logger;
}

export class TestApplication {
  readonly #parts: TestApplicationParts;
  #run: TestRun;
  #received = 0;
  #stopped = false;
  #unlisten: (() => void) | undefined;

  /** @internal */
  constructor(parts: TestApplicationParts, run: TestRun) {
    this.#parts = parts;
    this.#run = run;
  }

  /** @internal */
  listenForFailures(): void {
    const stop = (error: Error): void => this.#run.engine.fail(error);
    this.#unlisten = processFailures.listen({ logger: this.#parts.logger, stop });
  }

  /**
   * Delivers an event as a record of the ingress. Resolves when everything that follows is handled, committed and sent. Text and bytes are
   * delivered unchanged, to test records that are no events. Failures are visible in `waiting` and `deadLetters`; see `settleRetries`.
   */
  async receives(event: CloudEvent | NewEvent | string | Uint8Array): Promise<void> {
    if (typeof event === 'string' || event instanceof Uint8Array) return this.#receive(event);
    const id = messageIdOf('statefun/testing', '', this.#received++);
    const complete = completeTestEvent(event, { id, nowMs: this.now });
    await this.#receive(JSON.stringify(complete));
  }

  /** Plays a fixture: JSON Lines with events, control lines and expectations; see docs/testing.md. A path is relative to the working directory. */
  async play(fixture: string | URL | Fixture, options: PlayOptions = {}): Promise<PlaySummary> {
    const stage = {
      receive: (_event: CloudEvent, text: string) => this.#receive(text),
      advance: (delayMs: number) => this.advance(delayMs),
      // A function that is retried endlessly is reported by the caller of `play`.
      settle: async () => void (await this.#moveThroughRetries()),
      takeEgress: egressTaker(this.#parts.left, options),
      state: async ({ type, id }: Address) => (this.#parts.application.functions.has(type) ? this.state(type, id) : undefined),
      defaultAddress: undefined,
    };
    return playFixture(stage, toFixture(fixture), options);
  }

  /** Moves the clock. Delayed messages become due in their order, and retries and timeouts happen. */
  async advance(duration: Duration): Promise<void> {
    const untilMs = this.now + toMilliseconds(duration);
    await this.#quiet();
    while (this.#parts.clock.step(untilMs)) await this.#quiet();
  }

  /** Moves the clock until each failed message has succeeded or was given up. */
  async settleRetries(): Promise<void> {
    if (await this.#moveThroughRetries()) return;
    const summary = `after ${retryStepsMax} steps of the clock messages still wait: ${this.waiting()
      .map(({ address }) => address)
      .join(', ')}.`;
    throw new StatefunError('TEST_NEVER_QUIET', summary, { facts: { retryStepsMax } });
  }

  /** The time of the clock, in milliseconds since the epoch. */
  get now(): number {
    return this.#parts.clock.now();
  }

  /** Returns the events sent to one egress or to all since the last `clear`, in order. */
  egress(egressId?: string): readonly EgressedEvent[] {
    return this.#parts.left.filter((event) => egressId === undefined || event.egressId === egressId);
  }

  /** Returns the state of an address by cell name: values, tables as objects, lists as arrays. Empty cells are left out. */
  async state(target: FunctionTarget, id: string): Promise<StateSnapshot> {
    return ownState(await this.#snapshot(target, id));
  }

  /** Returns the subscribers of an address, in the order of their subscriptions. */
  async subscribers(target: FunctionTarget, id: string): Promise<readonly Address[]> {
    return subscribersIn(await this.#snapshot(target, id));
  }

  /** Returns the dead letters, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#run.engine.deadLetters();
  }

  /** Handles or sends a dead letter again. Resolves when everything that follows is done. Throws DEAD_LETTER_UNKNOWN. */
  async redrive(id: string): Promise<void> {
    this.#run.engine.redrive(id);
    await this.#quiet();
  }

  /** Returns the delayed messages that are not due yet, by due time. */
  pending(): readonly DelayedEvent[] {
    return this.#run.engine
      .pendingDelayed()
      .map(({ message, dueAt, token }) => ({ to: message.target, event: message.envelope.event, dueAt, cancellationToken: token }));
  }

  /** Returns the addresses with unhandled messages, and why: a failed attempt, or a handler that has not settled. */
  waiting(): readonly WaitingAddress[] {
    return this.#run.engine.waiting();
  }

  /** Returns the statistics of the engine. */
  statistics(): EngineStatistics {
    return this.#run.engine.statistics();
  }

  /** Removes the recorded egress events. */
  clear(): void {
    this.#parts.left.length = 0;
  }

  /** Throws EXPECTATION_FAILED unless exactly these events were sent to the egress since the last `clear`, in this order. */
  expectEgress(egressId: string, expected: readonly EgressPattern[]): void {
    expectEgressEvents(this.#parts.left, egressId, expected);
  }

  /** Rejects with EXPECTATION_FAILED unless the state of the address matches the pattern; see docs/testing.md. */
  async expectState(target: FunctionTarget, id: string, pattern: unknown): Promise<void> {
    expectState({ type: functionTypeOf(target), id }, await this.state(target, id), pattern);
  }

  /** Throws EXPECTATION_FAILED unless these are the dead letters, oldest first: `{ code, reason, target, … }` as patterns. */
  expectDeadLetters(expected: readonly Readonly<Record<string, unknown>>[]): void {
    const actual = this.deadLetters().map(({ payload: _, ...letter }) => letter);
    expectList({ what: 'dead letters', noun: 'dead letter', expected, actual });
  }

  /**
   * Starts again with a new engine, clock and state, as `testApplication` does. The options here replace those passed there. Providers stay,
   * including the data that singletons keep, which saves reading, checking and creating them.
   */
  async reset(options: Pick<TestApplicationOptions, 'given' | 'now'> = {}): Promise<void> {
    const { application, clock, given, now, logger, left } = this.#parts;
    await this.#run.engine.stop({ deadlineMs: 0 });
    clock.restart(clockAt(options.now ?? now).now());
    left.length = 0;
    this.#received = 0;
    this.#run = await startTestRun(application, { clock, given: options.given ?? given, logger });
  }

  /** Stops the application and calls `@PreDestroy`. Messages that wait for the clock are dropped. */
  async stop(): Promise<void> {
    const { name, events, lifecycle } = this.#parts.application;
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unlisten?.();
    events.emit('stopping', { application: name }, this.#parts.logger);
    await this.#run.engine.stop();
    events.emit('stopped', { application: name, error: this.#run.engine.failure }, this.#parts.logger);
    const [problem] = await lifecycle.destroy();
    if (problem !== undefined) throw problem;
  }

  /** Moves the clock through retries. Returns false if messages still wait after many steps: a function may be retried endlessly. */
  async #moveThroughRetries(): Promise<boolean> {
    await this.#quiet();
    const { clock } = this.#parts;
    for (let steps = 0; steps < retryStepsMax; steps += 1) {
      const next = clock.nextDueAt;
      if (next === undefined || this.statistics().messagesPending === 0) return true;
      clock.step(next);
      await this.#quiet();
    }
    return false;
  }

  async #receive(data: string | Uint8Array): Promise<void> {
    this.#ensureRunning();
    await this.#run.put(data);
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    await this.#run.engine.whenQuiet();
    this.#ensureRunning();
  }

  /** Throws if the engine has stopped, for example by a function with the policy `stop`. */
  #ensureRunning(): void {
    const { failure } = this.#run.engine;
    if (failure !== undefined) throw failure;
  }

  async #snapshot(target: FunctionTarget, id: string): Promise<StateSnapshot> {
    const type = functionTypeOf(target);
    return this.#run.engine.state({ type, id: ensureAddressId(id, type) });
  }
}
