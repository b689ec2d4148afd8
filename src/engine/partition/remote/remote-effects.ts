import { Envelope } from '../../../envelope/envelope.ts';
import { messageBytesMax, cancellationTokenBytesMax } from '../../../functions/effect-limits.ts';
import type { Cancellation, DelayedMessage, Effects } from '../../../functions/effects.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import { Message } from '../../../functions/message.ts';
import type { BatchResult, DelayedSend, StateMutation } from '../../../functions/remote/invocation-batch.ts';
import { formatAddress, isAddressId, isFunctionType, isTextWithin, type Address } from '../../../shared/address.ts';
import { describe, StatefunError } from '../../../shared/errors.ts';
import { latestTimeMs } from '../../../shared/time/iso-time.ts';
import { messageIdAt, messageIdBase } from '../../../shared/message-id.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';
import { addressStateBytesMax } from '../../../state/limits.ts';
import type { RemoteState } from './remote-state.ts';
import type { RemoteStates } from './remote-states.ts';

export interface AnswerContext {
  readonly self: Address;
  /** Id of the first message of the batch. The ids of messages that the batch sends are derived from it. */
  readonly firstMessageId: string;
  /** See Message.receivedAtMs. */
  readonly receivedAtMs: number | undefined;
  readonly states: RemoteStates;
  readonly state: RemoteState;
  readonly host: InvocationHost;
  readonly nowMs: number;
}

/**
 * Checks a whole response and turns it into effects. Nothing of a response with a mistake is applied.
 *
 * Throws REMOTE_ANSWER_INVALID, UNKNOWN_EGRESS, REMOTE_STATE_UNREGISTERED, REMOTE_STATE_TYPE_CHANGED, MESSAGE_TOO_LARGE, STATE_TOO_LARGE,
 * TOO_MANY_EFFECTS, TOO_MANY_MESSAGES, or INVALID_CLOUD_EVENT. A message to a type that nothing handles
 * is no mistake of its sender. It becomes a dead letter when it arrives.
 */
export function effectsOf(result: BatchResult, context: AnswerContext): Effects {
  checkMutations(result.mutations, context);
  const sender = formatAddress(context.self);
  context.host.budget?.ensureRoom(sentBy(result), sender);
  const idBase = messageIdBase(context.firstMessageId, sender);
  let ordinal = 0;
  const envelopeOf = (value: TypedValue, partitionKey?: string): Envelope => {
    const messageId = messageIdAt(idBase, ordinal++);
    if (value.value.byteLength > messageBytesMax) throw tooLarge(value, sender);
    // A copy, because the bytes are a part of the whole response, which would stay in memory with them.
    return Envelope.ofTypedValue({ ...value, value: Uint8Array.from(value.value) }, { messageId, partitionKey });
  };
  return {
    messages: result.messages.map(({ target, argument }) =>
      Message.of({
        target: checked(target, context),
        caller: context.self,
        envelope: envelopeOf(argument),
        receivedAtMs: context.receivedAtMs,
      }),
    ),
    delayed: result.delayed.map((effect): DelayedMessage | Cancellation => {
      if (effect.kind === 'cancel') return { kind: 'cancel', token: checkedToken(effect.cancellationToken, context) };
      const target = checked(effect.target, context);
      return {
        kind: 'send',
        dueAt: dueAtOf(effect, context),
        token: checkedToken(effect.cancellationToken, context),
        target,
        envelope: envelopeOf(effect.argument),
      };
    }),
    egressRecords: result.egress.map(({ egressId, argument }) => {
      if (!context.host.hasEgress(egressId)) throw context.host.unknownEgress(egressId, `sent by ${sender}`);
      return { egressId, envelope: envelopeOf(argument, context.self.id) };
    }),
  };
}

function sentBy({ messages, delayed, egress }: BatchResult): { readonly count: number; readonly bytes: number } {
  const sent = [...messages, ...delayed.filter((effect) => effect.kind === 'send'), ...egress];
  return { count: sent.length, bytes: sent.reduce((sum, { argument }) => sum + argument.value.byteLength, 0) };
}

function checkMutations(mutations: readonly StateMutation[], { self, states, state }: AnswerContext): void {
  for (const { name, value } of mutations) {
    const spec = states.find(name);
    const facts = { address: self, state: name };
    if (spec === undefined) {
      const summary = `${formatAddress(self)} changes state "${name}", which it has not declared.`;
      throw new StatefunError('REMOTE_STATE_UNREGISTERED', summary, { facts });
    }
    if (value === undefined) continue;
    if (value.typename !== spec.typename) {
      const summary = `${formatAddress(self)} sets state "${name}" to a "${value.typename}", but it is a "${spec.typename}".`;
      throw new StatefunError('REMOTE_STATE_TYPE_CHANGED', summary, { facts });
    }
  }
  if (state.bytesAfter(mutations) <= addressStateBytesMax) return;
  const summary = `${formatAddress(self)} would hold more than ${addressStateBytesMax} bytes of state.`;
  throw new StatefunError('STATE_TOO_LARGE', summary, { facts: { address: self, addressStateBytesMax } });
}

function checked(target: Address, context: AnswerContext): Address {
  if (!isFunctionType(target.type)) throw invalid(context, `a message to ${describe(target.type)}, which is no function type`);
  if (!isAddressId(target.id)) throw invalid(context, `a message to "${target.type}" with an id that no address can have`);
  return target;
}

function checkedToken<T extends string | undefined>(token: T, context: AnswerContext): T {
  if (token === '') throw invalid(context, 'a cancellation without a token');
  if (token !== undefined && !isTextWithin(token, cancellationTokenBytesMax)) {
    throw invalid(context, `a token of ${Buffer.byteLength(token)} bytes; at most ${cancellationTokenBytesMax} are allowed`);
  }
  return token;
}

function dueAtOf({ delayMs }: DelayedSend, context: AnswerContext): number {
  const dueAt = context.nowMs + delayMs;
  if (delayMs >= 0 && Number.isSafeInteger(dueAt)) return Math.min(dueAt, latestTimeMs);
  throw invalid(context, `a message delayed by ${describe(delayMs)} ms`);
}

function invalid({ self }: AnswerContext, what: string): StatefunError {
  return new StatefunError('REMOTE_ANSWER_INVALID', `the answer of ${formatAddress(self)} holds ${what}.`, { facts: { address: self } });
}

function tooLarge({ typename, value }: TypedValue, sender: string): StatefunError {
  const bytes = value.byteLength;
  const summary = `a value of type "${typename}" sent by ${sender} has ${bytes} bytes; at most ${messageBytesMax} are allowed.`;
  return new StatefunError('MESSAGE_TOO_LARGE', summary, { facts: { bytes, messageBytesMax } });
}
