import type { AddressedEnvelope } from '../../../envelope/addressed-envelope.ts';
import type { Envelope } from '../../../envelope/envelope.ts';
import type { Effects } from '../../../functions/effects.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { RegisteredFunction } from '../../../functions/function-registry.ts';
import type {
  BatchedMessage,
  BatchResponse,
  InvocationBatch,
  OutgoingEgress,
  StateSpec,
} from '../../../functions/remote/invocation-batch.ts';
import { subscriberCell, subscriberCellName } from '../../../functions/subscriptions.ts';
import { Message } from '../../../functions/message.ts';
import type { Address } from '../../../shared/address.ts';
import { StatefunError, toError } from '../../../shared/errors.ts';
import { BatchEffects } from '../functions/batch-effects.ts';
import type { ServedFunction } from '../served-function.ts';
import { AttemptLoop } from './attempt-loop.ts';
import type { ClassHost } from './class-host.ts';
import { envelopeValue, readEnvelope } from './envelope-values.ts';
import { cellSpecs, ServedState } from './served-state.ts';

/** The records of a batch in order. They are created when the batch is complete, because creating a dead letter logs and counts it. */
type EgressRecords = (() => OutgoingEgress)[];

/** The effects of a batch so far. */
interface Collected {
  readonly effects: BatchEffects;
  readonly records: EgressRecords;
}

/**
 * Serves a function class to the request-reply handler.
 *
 * 1. Messages of a batch are handled one after the other, each with the state left by those before it.
 * 2. A message that fails is retried and then given up within the call, as its policy says, and never fails the batch. Only unreadable state of
 *    the address fails the batch.
 * 3. A class does not declare whether it has subscribers, unless it has `@OnSubscribe`. A batch of another class that uses the table of
 *    subscribers while it is not attached has no effect: the response asks for the table. Types that never use the table save that round trip.
 */
export class ClassFunction implements ServedFunction {
  readonly type: string;
  readonly statesOnDemand = cellSpecs([subscriberCell]);
  readonly #statesOfClass: readonly StateSpec[];
  readonly #registered: RegisteredFunction;
  readonly #host: ClassHost;
  /** Whether the table of subscribers was ever used. Then it is requested before a handler runs, also by a new cluster. */
  #usesSubscribers: boolean;

  constructor(registered: RegisteredFunction, host: ClassHost) {
    this.type = registered.definition.type;
    this.#statesOfClass = cellSpecs(registered.cells.filter(({ name }) => name !== subscriberCellName));
    this.#usesSubscribers = registered.definition.onSubscribe !== undefined;
    this.#registered = registered;
    this.#host = host;
  }

  get states(): readonly StateSpec[] {
    return this.#usesSubscribers ? [...this.#statesOfClass, ...this.statesOnDemand] : this.#statesOfClass;
  }

  async handle({ target, states, invocations }: InvocationBatch): Promise<BatchResponse> {
    const state = new ServedState(this.#registered.cells, states, target);
    const effects = new BatchEffects();
    const records: EgressRecords = [];
    const host: InvocationHost = {
      ...this.#host.invocations,
      isCancellationTokenPending: (_address, token) => effects.isCancellationTokenPending(token),
    };
    const attempts = new AttemptLoop(this.#registered, state, host, this.#host);
    for (const invocation of invocations) {
      await this.#handleMessage(target, invocation, attempts, { effects, records });
      this.#usesSubscribers ||= state.usesOwnCell(subscriberCellName);
      const { missing } = state;
      if (missing.length > 0) return { kind: 'incomplete', missing };
    }
    for (const record of records) effects.egress.push(record());
    return effects.result(state.mutations());
  }

  async #handleMessage(
    self: Address,
    { caller: sender, argument }: BatchedMessage,
    attempts: AttemptLoop,
    collected: Collected,
  ): Promise<void> {
    const caller = sender === undefined || this.#host.isIngress(sender) ? undefined : sender;
    let message: Message;
    try {
      message = Message.of({ target: self, caller, envelope: readEnvelope(argument, self, caller) });
    } catch (thrown) {
      const unreadable = { target: self, caller, envelope: undefined, bytes: argument.value, error: toError(thrown), attempts: 0 };
      collected.records.push(() => this.#host.toDeadLetter(unreadable));
      return;
    }
    const outcome = await attempts.run(message);
    if (outcome.kind === 'done') this.#collect(message, outcome.effects, outcome.startedAtMs, collected);
    else if (outcome.kind === 'dead-letter') {
      const { error, attempts: made } = outcome;
      const givenUp = { target: self, caller, envelope: message.envelope, bytes: argument.value, error, attempts: made };
      collected.records.push(() => this.#host.toDeadLetter(givenUp));
    }
  }

  #collect({ target: self, caller }: Message, from: Effects, startedAtMs: number, { effects, records }: Collected): void {
    const valueFor = ({ target, envelope }: AddressedEnvelope) => ({
      target,
      argument: this.#host.isRemote(target.type) ? envelope.typedValue : envelopeValue(envelope),
    });
    for (const sent of from.messages) effects.messages.push(valueFor(sent));
    for (const effect of from.delayed) {
      if (effect.kind === 'cancel') effects.delayed.push({ kind: 'cancel', cancellationToken: effect.token });
      // The delay that the handler set, from the time when the cluster has the response.
      else
        effects.delayed.push({
          kind: 'send',
          delayMs: Math.max(0, Math.ceil(effect.dueAt - startedAtMs)),
          cancellationToken: effect.token,
          ...valueFor(effect),
        });
    }
    for (const effect of from.egressRecords) {
      const { egressId, envelope } = effect;
      const tooLarge = { target: self, caller, envelope, bytes: Buffer.from(envelope.payload), attempts: 1 };
      records.push(
        () => this.#host.toEgress(effect) ?? this.#host.toDeadLetter({ ...tooLarge, error: recordTooLarge(egressId, envelope) }),
      );
    }
  }
}

function recordTooLarge(egressId: string, envelope: Envelope): StatefunError {
  const bytes = Buffer.byteLength(envelope.payload);
  const summary = `a record of ${bytes} bytes for egress "${egressId}" is larger than what its stream takes.`;
  return new StatefunError('KINESIS_RECORD_TOO_LARGE', summary, { facts: { egressId, bytes } });
}
