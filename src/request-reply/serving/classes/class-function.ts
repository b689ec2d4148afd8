import type { Envelope } from '../../../envelope/envelope.ts';
import type { Effects } from '../../../functions/effects.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { RegisteredFunction } from '../../../functions/registry.ts';
import type { BatchedMessage, BatchResult, InvocationBatch, StateSpec } from '../../../functions/remote/invocation-batch.ts';
import type { Message } from '../../../functions/message.ts';
import type { Address } from '../../../shared/address.ts';
import { StatefunError, toError } from '../../../shared/errors.ts';
import { BatchEffects } from '../functions/batch-effects.ts';
import type { ServedFunction } from '../served-function.ts';
import { AttemptLoop } from './attempt-loop.ts';
import type { ClassHost } from './class-host.ts';
import { envelopeValue, readEnvelope } from './envelope-values.ts';
import { cellSpecs, ServedState } from './served-state.ts';

/**
 * A function class as the request-reply handler serves it.
 *
 * 1. Messages of a batch are handled one after the other, each with the state that those before it have left.
 * 2. A message that fails is tried again and then given up, as its policy says, within the call: it never fails the batch. What does is an
 *    address whose state cannot be read.
 */
export class ClassFunction implements ServedFunction {
  readonly type: string;
  readonly states: readonly StateSpec[];
  readonly #registered: RegisteredFunction;
  readonly #host: ClassHost;

  constructor(registered: RegisteredFunction, host: ClassHost) {
    this.type = registered.definition.type;
    this.states = cellSpecs(registered.cells);
    this.#registered = registered;
    this.#host = host;
  }

  async handle({ target, states, invocations }: InvocationBatch): Promise<BatchResult> {
    const state = new ServedState(this.#registered.cells, states, target);
    const effects = new BatchEffects();
    const host: InvocationHost = { ...this.#host.invocations, isTokenPending: (_address, token) => effects.isTokenPending(token) };
    const attempts = new AttemptLoop(this.#registered, state.address, host, this.#host);
    for (const invocation of invocations) await this.#handleMessage(target, invocation, attempts, effects);
    return effects.result(state.mutations());
  }

  async #handleMessage(
    self: Address,
    { caller: sender, argument }: BatchedMessage,
    attempts: AttemptLoop,
    effects: BatchEffects,
  ): Promise<void> {
    const caller = sender === undefined || this.#host.isIngress(sender) ? undefined : sender;
    let message: Message;
    try {
      message = { target: self, caller, envelope: readEnvelope(argument, self, caller) };
    } catch (thrown) {
      const unreadable = { target: self, caller, envelope: undefined, bytes: argument.value, error: toError(thrown), attempts: 0 };
      effects.egress.push(this.#host.toDeadLetter(unreadable));
      return;
    }
    const outcome = await attempts.run(message);
    if (outcome.kind === 'done') this.#collect(message, outcome.effects, outcome.startedAtMs, effects);
    else if (outcome.kind === 'dead-letter') {
      const { error, attempts: made } = outcome;
      effects.egress.push(
        this.#host.toDeadLetter({ target: self, caller, envelope: message.envelope, bytes: argument.value, error, attempts: made }),
      );
    }
  }

  #collect({ target: self, caller }: Message, from: Effects, startedAtMs: number, { messages, delayed, egress }: BatchEffects): void {
    const valueFor = ({ target, envelope }: Effects['messages'][number]) => ({
      target,
      argument: this.#host.isRemote(target.type) ? envelope.typedValue : envelopeValue(envelope),
    });
    for (const sent of from.messages) messages.push(valueFor(sent));
    for (const effect of from.delayed) {
      if (effect.kind === 'cancel') delayed.push({ kind: 'cancel', token: effect.token });
      // What the handler asked for, counted from when the cluster has the answer.
      else
        delayed.push({
          kind: 'send',
          delayMs: Math.max(0, Math.ceil(effect.dueAt - startedAtMs)),
          token: effect.token,
          ...valueFor(effect),
        });
    }
    for (const effect of from.egress) {
      const { egressId, envelope } = effect;
      const tooLarge = { target: self, caller, envelope, bytes: Buffer.from(envelope.payload), attempts: 1 };
      egress.push(this.#host.toEgress(effect) ?? this.#host.toDeadLetter({ ...tooLarge, error: recordTooLarge(egressId, envelope) }));
    }
  }
}

function recordTooLarge(egressId: string, envelope: Envelope): StatefunError {
  const bytes = Buffer.byteLength(envelope.payload);
  const summary = `a record of ${bytes} bytes for egress "${egressId}" is larger than what its stream takes.`;
  return new StatefunError('KINESIS_RECORD_TOO_LARGE', summary, { facts: { egressId, bytes } });
}
