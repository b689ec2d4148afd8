import type { AddressedEnvelope } from '../envelope/addressed-envelope.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent, type EventDefaults } from '../envelope/complete-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { dataTextFor } from '../envelope/data-text.ts';
import { writeEvent } from '../envelope/write-event.ts';
import { toPartitionKey } from '../envelope/partition-key.ts';
import { addressPath, ensureAddressId, formatAddress, type Address } from '../shared/address.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { StatefunError } from '../shared/errors.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { latestTimeMs, toIsoTime } from '../shared/time/iso-time.ts';
import { namedLogger, type Logger } from '../shared/logger.ts';
import { messageIdAt, messageIdBase } from '../shared/message-id.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { TypedValue } from '../shared/typed-value.ts';
import type { AddressState } from '../state/address-state.ts';
import type { Context, DelayOptions, EgressOptions, SubscribeOptions } from './context.ts';
import { effectBytesMax, effectsMax, ensureCancellationToken, messageBytesMax } from './effect-limits.ts';
import type { Cancellation, DelayedMessage, Effects, EgressEffect } from './effects.ts';
import type { InvocationHost } from './invocation-host.ts';
import type { Message } from './message.ts';
import { toSentValue } from './sent-value.ts';
import { subscribersOf, subscriptionEvent, toAddress, type SubscriptionAction } from './subscriptions.ts';

/** The context of one attempt. It collects effects until it is closed. */
export class AttemptContext implements Context {
  readonly self: Address;
  readonly caller: Address | undefined;
  readonly messageId: string;

  readonly #host: InvocationHost;
  readonly #received: Envelope;
  readonly #state: AddressState;
  readonly #nowMs: number;
  readonly #messages: AddressedEnvelope[] = [];
  readonly #delayed: (DelayedMessage | Cancellation)[] = [];
  readonly #egress: EgressEffect[] = [];
  #view: CloudEvent | undefined;
  /** The part that the ids of all messages of this invocation have in common. */
  #idBase: string | undefined;
  #ordinal = 0;
  #bytes = 0;
  /** Size of the effects, counted in the budget of the host. */
  #reserved = { count: 0, bytes: 0 };
  #selfText: string | undefined;
  #selfPath: string | undefined;
  #controller: AbortController | undefined;
  #logger: Logger | undefined;
  #aborted = false;
  #open = true;

  constructor(message: Message, state: AddressState, host: InvocationHost, nowMs: number) {
    this.self = message.target;
    this.caller = message.caller;
    this.messageId = message.envelope.messageId ?? '';
    this.#received = message.envelope;
    this.#state = state;
    this.#host = host;
    this.#nowMs = nowMs;
  }

  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent): void {
    this.#send(this.#ensureTarget(target, id), event);
  }

  sendTyped(target: FunctionTarget, id: string, value: TypedValue): void {
    const address = this.#ensureTarget(target, id);
    this.#messages.push({ target: address, envelope: this.#envelopeOfTyped(value) });
  }

  sendAfter(delay: Duration, target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options: DelayOptions = {}): void {
    this.#sendAfter(delay, this.#ensureTarget(target, id), options, () => this.#envelopeOf(event));
  }

  sendTypedAfter(delay: Duration, target: FunctionTarget, id: string, value: TypedValue, options: DelayOptions = {}): void {
    this.#sendAfter(delay, this.#ensureTarget(target, id), options, () => this.#envelopeOfTyped(value));
  }

  #sendAfter(delay: Duration, target: Address, { cancellationToken: token }: DelayOptions, envelopeOf: () => Envelope): void {
    if (token !== undefined && this.#isCancellationTokenPending(ensureCancellationToken(token))) {
      throw new StatefunError('DELAYED_TOKEN_IN_USE', `the cancellation token "${token}" is pending at ${this.#selfName}.`, {
        facts: { token, address: this.self },
      });
    }
    const dueAt = Math.min(this.#nowMs + toMilliseconds(delay), latestTimeMs);
    this.#delayed.push({ kind: 'send', dueAt, token, target, envelope: envelopeOf() });
  }

  cancelDelayed(token: string): void {
    this.#ensureOpen('cancelDelayed');
    this.#delayed.push({ kind: 'cancel', token: ensureCancellationToken(token) });
  }

  reply(event: CloudEvent | NewEvent): void {
    this.#ensureOpen('reply');
    if (this.caller === undefined) {
      throw new StatefunError('NO_CALLER', `message ${this.messageId} at ${this.#selfName} has no caller to reply to.`);
    }
    this.#send(this.caller, event);
  }

  publish(event: CloudEvent | NewEvent): void {
    this.#ensureOpen('publish');
    // The type is not checked: a subscriber whose function was removed must not fail the publisher. Its message becomes a dead letter.
    for (const subscriber of subscribersOf(this.#state).values())
      this.#messages.push({ target: toAddress(subscriber), envelope: this.#envelopeOf(event) });
  }

  subscribe(target: FunctionTarget, id: string, options: SubscribeOptions = {}): void {
    this.#ask('SUBSCRIBE', target, id, options.correlationId);
  }

  unsubscribe(target: FunctionTarget, id: string): void {
    this.#ask('UNSUBSCRIBE', target, id, undefined);
  }

  query(target: FunctionTarget, id: string): void {
    this.#ask('QUERY', target, id, undefined);
  }

  egress(egressId: string, event: CloudEvent | NewEvent, options: EgressOptions = {}): void {
    this.#leave(egressId, options, (ids) => {
      const dataText = dataTextFor(event, this.#received);
      const { payload, payloadBytes } = writeEvent(event, this.#defaults(ids.messageId), { dataText, known: this.#state });
      return Envelope.ofTrustedPayload(payload, ids, payloadBytes);
    });
  }

  egressTyped(egressId: string, value: TypedValue, options: EgressOptions = {}): void {
    this.#leave(egressId, options, (ids) => Envelope.ofTypedValue(toSentValue(value), ids));
  }

  #leave(egressId: string, { key }: EgressOptions, envelopeOf: (ids: { messageId: string; partitionKey: string }) => Envelope): void {
    this.#ensureOpen('egress');
    if (!this.#host.hasEgress(egressId)) throw this.#host.unknownEgress(egressId, `sent by ${this.#selfName}`);
    const ids = { messageId: this.#nextMessageId(), partitionKey: key === undefined ? this.self.id : toPartitionKey(key) };
    this.#egress.push({ egressId, envelope: this.#counted(envelopeOf(ids)) });
  }

  now(): number {
    return this.#nowMs;
  }

  get logger(): Logger {
    const fields = { address: this.#selfName, messageId: this.messageId };
    return (this.#logger ??= namedLogger(this.#host.logger, `functions.${this.self.type}`).child(fields));
  }

  get metrics(): Metrics {
    return this.#host.metrics(this.self.type);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The event that the handler received. Passing it on sends the received envelope, with the same bytes. */
  set view(event: CloudEvent) {
    this.#view = event;
  }

  get effects(): Effects {
    return { messages: this.#messages, delayed: this.#delayed, egress: this.#egress };
  }

  close(): void {
    this.#open = false;
    this.#host.budget?.release(this.#reserved);
    this.#reserved = { count: 0, bytes: 0 };
  }

  abort(): void {
    this.close();
    this.#aborted = true;
    this.#controller?.abort();
  }

  #ask(action: SubscriptionAction, target: FunctionTarget, id: string, correlationId: string | undefined): void {
    const publisher = this.#ensureTarget(target, id);
    this.#send(publisher, subscriptionEvent(this.#host.subscriptions, action, this.self, publisher, correlationId));
  }

  #send(target: Address, event: CloudEvent | NewEvent): void {
    if (!this.#host.isRegistered(target.type)) throw this.#host.unknownFunction(target.type, `sent by ${this.#selfName}`);
    this.#messages.push({ target, envelope: this.#envelopeOf(event) });
  }

  #envelopeOf(event: CloudEvent | NewEvent): Envelope {
    const messageId = this.#nextMessageId();
    if (event === this.#view || event === this.#received.event) return this.#counted(this.#received.with({ messageId }));
    const complete = completeEvent(event, this.#defaults(messageId));
    return this.#counted(Envelope.ofPassedOn(complete, dataTextFor(event, this.#received), { messageId }));
  }

  #envelopeOfTyped(value: TypedValue): Envelope {
    const messageId = this.#nextMessageId();
    return this.#counted(Envelope.ofTypedValue(toSentValue(value), { messageId }));
  }

  /** Counts an envelope in the limits of the invocation, so that no commit is too large to be written. */
  #counted(envelope: Envelope): Envelope {
    const { payloadBytes, isTypedValue } = envelope;
    // The count may be an estimate, up to six times too low for text that JSON escapes. Near the limit, the text itself is measured.
    const bytes = payloadBytes > messageBytesMax / 8 && !isTypedValue ? Buffer.byteLength(envelope.payload) : payloadBytes;
    this.#bytes += bytes;
    if (bytes > messageBytesMax) {
      const { type } = envelope.event;
      throw new StatefunError(
        'MESSAGE_TOO_LARGE',
        `an event of type "${type}" sent by ${this.#selfName} has ${bytes} bytes; at most ${messageBytesMax} are allowed.`,
        {
          facts: { bytes, messageBytesMax },
        },
      );
    }
    if (this.#bytes > effectBytesMax) {
      throw new StatefunError('TOO_MANY_EFFECTS', `one handler of ${this.#selfName} sent more than ${effectBytesMax} bytes.`, {
        facts: { effectBytesMax },
      });
    }
    this.#host.budget?.reserve(this.#reserved, bytes, this.#selfName);
    this.#reserved.count += 1;
    this.#reserved.bytes += bytes;
    return envelope;
  }

  #defaults(messageId: string): EventDefaults {
    return { id: messageId, source: (this.#selfPath ??= addressPath(this.self)), time: () => toIsoTime(this.#nowMs) };
  }

  #nextMessageId(): string {
    if (this.#ordinal >= effectsMax) {
      throw new StatefunError('TOO_MANY_EFFECTS', `one handler of ${this.#selfName} sent more than ${effectsMax} messages.`, {
        facts: { effectsMax },
      });
    }
    this.#idBase ??= messageIdBase(this.messageId, this.#selfName);
    return messageIdAt(this.#idBase, this.#ordinal++);
  }

  #ensureTarget(target: FunctionTarget, id: string): Address {
    this.#ensureOpen('send');
    const type = functionTypeOf(target);
    if (!this.#host.isRegistered(type)) throw this.#host.unknownFunction(type, `sent by ${this.#selfName}`);
    return { type, id: ensureAddressId(id, type) };
  }

  #isCancellationTokenPending(token: string): boolean {
    const last = this.#delayed.findLast((effect) => effect.token === token);
    return last === undefined ? this.#host.isCancellationTokenPending(this.self, token) : last.kind === 'send';
  }

  #ensureOpen(method: string): void {
    if (this.#open) return;
    throw new StatefunError('ATTEMPT_ENDED', `context.${method} was called at ${this.#selfName} after its attempt ended.`, {
      facts: { address: this.self, method },
    });
  }

  get #selfName(): string {
    return (this.#selfText ??= formatAddress(this.self));
  }
}
