import { assembleApplication, type AssembledApplication } from '../application/assemble.ts';
import { defineApplication, type ApplicationDefinition } from '../application/definition.ts';
import type { DeadLetter } from '../engine/partition/dead-letters.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { unknownEgress } from '../engine/partition/invocation-host.ts';
import type { InvocationHost } from '../functions/invocation-host.ts';
import { Message } from '../functions/message.ts';
import { FunctionRegistry, type RegisteredFunction } from '../functions/function-registry.ts';
import { toSubscriptionSettings, type SubscriptionOptions } from '../functions/subscriptions.ts';
import { ensureAddressId, formatAddress, type Address } from '../shared/address.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { silentLogger } from '../shared/logger.ts';
import type { ManualClock } from '../shared/time/manual-clock.ts';
import { messageIdOf } from '../shared/message-id.ts';
import type { ClassOf } from '../shared/metadata.ts';
import { MetricsRegistry } from '../shared/metrics.ts';
import { AddressState } from '../state/address-state.ts';
import type { EgressedEvent } from './egressed-event.ts';
import { expectEgressEvents, type EgressPattern } from './expectations/egress-pattern.ts';
import { expectList, expectState } from './expectations/expect-list.ts';
import { FailureLog } from './isolated/failure-log.ts';
import { toFixture, type Fixture } from './fixtures/fixture.ts';
import { encodeGivenState, type GivenState } from './given-state.ts';
import { IsolatedEngine } from './isolated/isolated-engine.ts';
import { egressTaker, playFixture, type PlayOptions, type PlaySummary } from './fixtures/play-fixture.ts';
import type { DelayedEvent, SentEvent } from './sent-event.ts';
import { ownState, subscribersIn } from './own-state.ts';
import type { StateSnapshot } from './expectations/state-expectation.ts';
import { clockAt } from './test-clock.ts';
import { toOverrides, type TestSettings } from './test-settings.ts';
import { completeTestEvent } from './complete-test-event.ts';

/** Options of {@link testFunction}. */
export interface TestFunctionOptions extends TestSettings {
  /** The id of the address under test. @defaultValue `'test-id'` */
  readonly id?: string;
  /** The application with providers and subscription options. @defaultValue an empty application */
  readonly application?: ApplicationDefinition;
  /** The state of the address before the test, by cell name: values, tables as objects, lists as arrays. */
  readonly state?: GivenState;
  /** The addresses subscribed before the test. */
  readonly subscribers?: readonly Address[];
  /** The default caller of events. @defaultValue none, as for events from an ingress */
  readonly caller?: Address;
  readonly subscriptions?: SubscriptionOptions;

  /**
   * Whether failed attempts are retried. With `false`, the call that led to the attempt rejects with the handler's error. With `true`, the
   * attempt is repeated when the clock moves, and given up by the function's policy, as in production; see `failure` and `deadLetters`.
   *
   * @defaultValue `false`
   */
  readonly retries?: boolean;
  /** The functions and egresses that exist. Sending to any other is refused, as in production. @defaultValue everything exists */
  readonly strict?: { readonly functions?: readonly FunctionTarget[]; readonly egress?: readonly string[] };

  /**
   * How long a call waits, in real time, for a handler that awaits something outside. After it, the handler only ends by its timeout, for which
   * the test moves the clock.
   *
   * @defaultValue `'1s'`
   */
  readonly handlerGrace?: Duration;
}

/**
 * Creates a test of one function, run by the core of the engine. Its state and the messages it sends can be checked after each event. Messages
 * to its own address are delivered; everything else is recorded.
 *
 * Rejects with APPLICATION_INVALID for a class or providers that cannot be used, and with TEST_STATE_INVALID for a state that does not fit.
 */
export async function testFunction(functionClass: ClassOf, options: TestFunctionOptions = {}): Promise<TestFunction> {
  const clock = clockAt(options.now);
  const application = options.application ?? defineApplication({ name: functionClass.name });
  const assembled = await assembleApplication(application, {
    ...toOverrides(options),
    only: [functionClass],
    ingress: [],
    egress: [],
    clock,
  });
  const registered = assembled.functions.get(functionTypeOf(functionClass));
  assertInvariant(registered !== undefined, 'an application has the functions it was assembled of');
  const test = new TestFunction(registered, { subscriptions: assembled.subscriptions, ...options }, clock, assembled);
  await test.begin();
  return test;
}

/** A function under test, made by `testFunction`. */
export class TestFunction {
  readonly address: Address;
  readonly #options: TestFunctionOptions;
  readonly #assembled: AssembledApplication;
  readonly #registered: RegisteredFunction;
  readonly #engine: IsolatedEngine;
  readonly #clock: ManualClock;
  readonly #failureLog: FailureLog;
  readonly #metrics = new MetricsRegistry();
  #sent: SentEvent[] = [];
  readonly #egress: EgressedEvent[] = [];
  #received = 0;

  /** @internal */
  constructor(registered: RegisteredFunction, options: TestFunctionOptions, clock: ManualClock, assembled: AssembledApplication) {
    this.#assembled = assembled;
    this.#options = options;
    this.#registered = registered;
    this.#clock = clock;
    this.#failureLog = new FailureLog(options.logger ?? silentLogger);
    const { type } = registered.definition;
    this.address = { type, id: ensureAddressId(options.id ?? 'test-id', type) };
    this.#engine = new IsolatedEngine({
      address: this.address,
      functions: this.#registryFor(registered),
      host: this.#host(),
      clock,
      handlerGraceMs: toMilliseconds(options.handlerGrace ?? '1s'),
      recordMessage: ({ target, envelope }) => this.#sent.push({ to: target, event: envelope.event }),
      recordEgress: ({ egressId, envelope }) => this.#egress.push({ egressId, key: envelope.partitionKey, event: envelope.event }),
    });
  }

  /** @internal */
  async begin(): Promise<void> {
    const { state = {}, subscribers = [] } = this.#options;
    await this.#engine.give(encodeGivenState(this.#registered, state, subscribers, this.now));
  }

  /** Sends an event to the function. Resolves when it and the messages to its own address without delay are handled; rejects if that fails. */
  async receives(
    event: CloudEvent | NewEvent,
    { caller = this.#options.caller }: { readonly caller?: Address | undefined } = {},
  ): Promise<void> {
    const messageId = messageIdOf('statefun/testing', formatAddress(this.address), this.#received++);
    const complete = completeTestEvent(event, { id: messageId, nowMs: this.now });
    const message = Message.of({ target: this.address, caller, envelope: Envelope.ofTrustedEvent(complete, { messageId }) });
    await this.#throwing(() => this.#engine.deliver(message));
  }

  /** Plays a fixture: JSON Lines with events, control lines and expectations; see docs/testing.md. A path is relative to the working directory. */
  async play(fixture: string | URL | Fixture, options: PlayOptions = {}): Promise<PlaySummary> {
    const stage = {
      receive: (event: CloudEvent) => this.receives(event),
      advance: (delayMs: number) => this.advance(delayMs),
      settle: () => this.settleRetries(),
      takeEgress: egressTaker(this.#egress, options),
      state: ({ type, id }: Address) => Promise.resolve(type === this.address.type && id === this.address.id ? this.state : undefined),
      defaultAddress: this.address,
    };
    return playFixture(stage, toFixture(fixture), options);
  }

  /** Moves the clock. Delayed messages become due in their order, and retries and timeouts happen. */
  async advance(duration: Duration): Promise<void> {
    const untilMs = this.now + toMilliseconds(duration);
    await this.#throwing(() => this.#engine.advance(untilMs));
  }

  /** Moves the clock until each failed message has succeeded or was given up. */
  async settleRetries(): Promise<void> {
    await this.#throwing(() => this.#engine.settleRetries());
  }

  /** The time of the clock, in milliseconds since the epoch. */
  get now(): number {
    return this.#clock.now();
  }

  /** The state by cell name: values, tables as objects, lists as arrays. Empty cells are left out. */
  get state(): StateSnapshot {
    return ownState(this.#snapshot());
  }

  /** The subscribers, in the order of their subscriptions. */
  get subscribers(): readonly Address[] {
    return subscribersIn(this.#snapshot());
  }

  /** The messages to other addresses since the last `clear`, in order, including subscriptions and delayed messages that were due. */
  get sent(): readonly SentEvent[] {
    return [...this.#sent];
  }

  /** Returns the events of `sent` to a function type or to one address. */
  sentTo(target: FunctionTarget, id?: string): readonly CloudEvent[] {
    const type = functionTypeOf(target);
    return this.#sent.filter(({ to }) => to.type === type && (id === undefined || to.id === id)).map(({ event }) => event);
  }

  /** The delayed messages that are not due yet, by due time. */
  get delayed(): readonly DelayedEvent[] {
    return this.#engine.delayed.map(({ message, dueAt, token }) => ({
      to: message.target,
      event: message.envelope.event,
      dueAt,
      cancellationToken: token,
    }));
  }

  /** The events sent to egresses since the last `clear`, in order. */
  get egress(): readonly EgressedEvent[] {
    return [...this.#egress];
  }

  /** The messages given up since the last `clear`. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#engine.deadLetters;
  }

  /** The error of the last failed attempt since the last `clear`. */
  get failure(): Error | undefined {
    return this.#failureLog.failures.at(-1);
  }

  /** The counters of handlers, by function type and name. */
  get counters(): Readonly<Record<string, number>> {
    return this.#metrics.values();
  }

  /** Throws EXPECTATION_FAILED unless the state matches the pattern; see docs/testing.md. */
  expectState(pattern: unknown): void {
    expectState(this.address, this.state, pattern);
  }

  /** Throws EXPECTATION_FAILED unless `sent` contains exactly these messages in this order: `{ to: { type, id }, event: { … } }` as patterns. */
  expectSent(expected: readonly { readonly to?: unknown; readonly event?: unknown }[]): void {
    const actual = this.sent.map(({ to, event }) => ({ to, event }));
    expectList({ what: `messages of ${formatAddress(this.address)}`, noun: 'message', expected, actual });
  }

  /** Throws EXPECTATION_FAILED unless exactly these events were sent to the egress since the last `clear`, in this order. */
  expectEgress(egressId: string, expected: readonly EgressPattern[]): void {
    expectEgressEvents(this.#egress, egressId, expected);
  }

  /** Removes the recorded messages, egress events, failures and dead letters. State, clock and delayed messages stay. */
  clear(): void {
    this.#sent = [];
    this.#egress.length = 0;
    this.#failureLog.clear();
    this.#engine.dropDeadLetters();
  }

  /** Calls `@PreDestroy` of the providers. It is not needed if no provider has one. */
  async stop(): Promise<void> {
    const [problem] = await this.#assembled.lifecycle.destroy();
    if (problem !== undefined) throw problem;
  }

  #snapshot(): StateSnapshot {
    return new AddressState(this.#registered.cells, this.#engine.stored()).snapshot();
  }

  async #throwing(run: () => Promise<void>): Promise<void> {
    const before = this.#failureLog.failures.length;
    await run();
    const failure = this.#failureLog.failures[before];
    if (failure !== undefined && this.#options.retries !== true) throw failure;
  }

  /** Returns the registry of the test. Without retries a failed message is given up at once, so that it does not block its address. */
  #registryFor({ definition, create }: RegisteredFunction): FunctionRegistry {
    const registry = new FunctionRegistry();
    const once = { ...definition.policy, attemptsMax: 1, onFailure: 'dead-letter' } as const;
    registry.register(this.#options.retries === true ? definition : { ...definition, policy: once }, create);
    return registry;
  }

  #host(): Omit<InvocationHost, 'isCancellationTokenPending'> {
    const { strict = {}, subscriptions = {} } = this.#options;
    const types = strict.functions === undefined ? undefined : [this.address.type, ...strict.functions.map(functionTypeOf)].sort();
    return {
      isRegistered: (type) => types === undefined || types.includes(type),
      unknownFunction: (type, from) =>
        new StatefunError(
          'UNKNOWN_FUNCTION',
          `nothing handles function type "${type}" (${from}). Known to the test: ${types?.join(', ') ?? 'all'}.`,
          { facts: { type } },
        ),
      hasEgress: (egressId) => strict.egress?.includes(egressId) ?? true,
      unknownEgress: (egressId, from) => unknownEgress(egressId, strict.egress ?? [], from),
      subscriptions: toSubscriptionSettings(subscriptions),
      logger: this.#failureLog,
      scope: this.#assembled.invocationScope,
      metrics: (type) => this.#metrics.scope(type),
    };
  }
}
