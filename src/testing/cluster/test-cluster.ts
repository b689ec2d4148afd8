import type { BatchResult, BatchedMessage, OutgoingEgress, OutgoingMessage, StateSpec } from '../../functions/remote/invocation-batch.ts';
import { decodeFromFunction } from '../../request-reply/protocol/decode-response.ts';
import { encodeToFunction } from '../../request-reply/protocol/request.ts';
import { RequestReplyHandler } from '../../request-reply/serving/request-reply-handler.ts';
import type { ServedFunctions } from '../../request-reply/serving/served-function.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { appendAll } from '../../shared/append-all.ts';
import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import { silentLogger, type Logger } from '../../shared/logger.ts';
import { ManualClock } from '../../shared/time/manual-clock.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import { ClusterDelays } from './cluster-delays.ts';
import { jobFails } from './job-fails.ts';
import { ClusterStates } from './cluster-states.ts';

/** Options of `testCluster`. */
export interface TestClusterOptions {
  /** The clock for expirations and delayed messages. Pass the same clock to the functions. @defaultValue a new one */
  readonly clock?: ManualClock;
  /** Most messages per call. @defaultValue 1000, as in Flink */
  readonly batchMessagesMax?: number;
  /** The logger for failures, which are also thrown. @defaultValue one that writes nothing */
  readonly logger?: Logger;
}

/** Most responses in a row that request states, before the function fails. */
const incompleteAnswersMax = 10;

/**
 * Creates a cluster of Flink StateFun in memory. It calls functions with the bytes of the protocol, keeps their state, delivers their messages to
 * each other, and records messages to other functions and egress records.
 *
 * ```ts
 * const cluster = testCluster(functions);
 * await cluster.send('demo/greeter', 'Bob', typed(stringType(), 'hello'));
 * expect(cluster.state('demo/greeter', 'Bob')['seen']).toEqual(typed(int32Type(), 1));
 * ```
 */
export function testCluster(functions: ServedFunctions | RequestReplyHandler, options: TestClusterOptions = {}): TestCluster {
  return new TestCluster(functions, options);
}

/** A cluster of Flink StateFun in memory, made by `testCluster`. */
export class TestCluster {
  readonly clock: ManualClock;
  readonly #handler: RequestReplyHandler;
  readonly #batchMessagesMax: number;
  readonly #waiting = new Map<string, { readonly target: Address; readonly messages: BatchedMessage[] }>();
  readonly #states: ClusterStates;
  readonly #delays: ClusterDelays;
  readonly #sent: OutgoingMessage[] = [];
  readonly #egress: OutgoingEgress[] = [];
  #calls = 0;

  /** @internal */
  constructor(functions: ServedFunctions | RequestReplyHandler, options: TestClusterOptions) {
    const { clock = new ManualClock(), batchMessagesMax = 1_000, logger = silentLogger } = options;
    this.clock = clock;
    this.#handler = functions instanceof RequestReplyHandler ? functions : new RequestReplyHandler(functions, { logger });
    this.#batchMessagesMax = batchMessagesMax;
    this.#states = new ClusterStates(clock);
    this.#delays = new ClusterDelays(clock);
  }

  /**
   * Sends a message and handles everything that follows from it, except delayed messages. Rejects with the error of a function; the failed message
   * and all effects of its batch are dropped then.
   */
  async send(type: string, id: string, argument: TypedValue, caller?: Address): Promise<void> {
    this.#enqueue({ type, id }, { caller, argument });
    await this.#settle();
  }

  /** Sends several messages to one address in one call. */
  async sendBatch(type: string, id: string, messages: readonly TypedValue[]): Promise<void> {
    for (const argument of messages) this.#enqueue({ type, id }, { caller: undefined, argument });
    await this.#settle();
  }

  /** Moves the clock and handles the delayed messages that become due, in the order of their times. */
  async advance(duration: Duration): Promise<void> {
    const untilMs = this.clock.now() + toMilliseconds(duration);
    for (;;) {
      const dueAt = this.#delays.nextDueAt;
      if (dueAt === undefined || dueAt > untilMs) break;
      while (this.clock.step(dueAt));
      for (const { sender, target, argument } of this.#delays.take()) this.#enqueue(target, { caller: sender, argument });
      await this.#settle();
    }
    while (this.clock.step(untilMs));
  }

  /** Sets a state, as if a function had written it. */
  given(type: string, id: string, name: string, value: TypedValue): void {
    this.#states.set({ type, id }, name, value);
  }

  /** Returns the states of an address by name. */
  state(type: string, id: string): Readonly<Record<string, TypedValue>> {
    return this.#states.stored({ type, id });
  }

  /** Returns the states that functions of the type have requested. */
  specs(type: string): readonly StateSpec[] {
    return this.#states.specs(type);
  }

  /** Returns all messages that functions have sent, including those to functions that are not served here, oldest first. */
  sent(): readonly OutgoingMessage[] {
    return this.#sent;
  }

  /** Returns the delayed messages that are not due yet. */
  delayed(): readonly {
    readonly target: Address;
    readonly argument: TypedValue;
    readonly delayMs: number;
    readonly cancellationToken: string | undefined;
  }[] {
    return this.#delays.list();
  }

  /** Returns all records that functions have sent to egresses, oldest first. */
  egress(): readonly OutgoingEgress[] {
    return this.#egress;
  }

  /** Number of calls, including those whose response requested states. */
  get calls(): number {
    return this.#calls;
  }

  #enqueue(target: Address, message: BatchedMessage): void {
    if (!this.#handler.types().includes(target.type) && message.caller !== undefined) return;
    const key = formatAddress(target);
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, { target, messages: [message] });
    else waiting.messages.push(message);
  }

  async #settle(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) return;
      const [key, { target, messages }] = next;
      const batch = messages.splice(0, this.#batchMessagesMax);
      if (messages.length === 0) this.#waiting.delete(key);
      this.#apply(target, await this.#call(target, batch));
    }
  }

  async #call(target: Address, invocations: readonly BatchedMessage[]): Promise<BatchResult> {
    this.#states.called(target);
    for (let answers = 0; answers < incompleteAnswersMax; answers += 1) {
      this.#calls += 1;
      const request = encodeToFunction({ target, states: this.#states.attached(target), invocations });
      const response = decodeFromFunction(await this.#handler.handle(request));
      if (response.kind === 'result') return response;
      this.#states.register(target.type, response.missing);
    }
    throw jobFails(`${formatAddress(target)} asked for states ${incompleteAnswersMax} times in a row.`);
  }

  /** Applies a response, in the same order as Flink. */
  #apply(sender: Address, { messages, delayed, egress, mutations }: BatchResult): void {
    for (const message of messages) {
      this.#sent.push(message);
      this.#enqueue(message.target, { caller: sender, argument: message.argument });
    }
    for (const effect of delayed) {
      if (effect.kind === 'send') this.#delays.add(sender, effect);
      else this.#delays.cancel(sender, effect.cancellationToken);
    }
    appendAll(this.#egress, egress);
    for (const { name, value } of mutations) {
      if (!this.#states.specs(sender.type).some((spec) => spec.name === name)) {
        throw jobFails(`${formatAddress(sender)} changes the state "${name}", which it has not asked for.`);
      }
      this.#states.set(sender, name, value);
    }
  }
}
