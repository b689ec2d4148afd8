import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import { completeEvent, type EventDefaults } from '../envelope/complete-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { dataTextFor } from '../envelope/data-text.ts';
import { writeEvent } from '../envelope/write-event.ts';
import { toPartitionKey } from '../envelope/partition-key.ts';
import { ensureAddressId, formatAddress, type Address } from '../shared/address.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';
import { functionTypeOf, type FunctionTarget } from '../shared/function-target.ts';
import { latestTimeMs } from '../shared/time/iso-time.ts';
import { namedLogger, type Logger } from '../shared/logger.ts';
import { messageIdAt, messageIdBase } from '../shared/message-id.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { TypedValue } from '../shared/typed-value.ts';
import type { AddressState } from '../state/address-state.ts';
import { attemptEnded, noCaller, tokenInUse } from './context-errors.ts';
import type { Context, DelayOptions, EgressOptions, SubscribeOptions } from './context.ts';
import {
  effectBytesMax,
  effectsMax,
  ensureCancellationToken,
  measuredBytes,
  messageBytesMax,
  messageTooLarge,
  tooManyBytes,
  tooManyEffects,
} from './effect-limits.ts';
import type { Cancellation, DelayedMessage, Effects, EgressEffect } from './effects.ts';
import type { InvocationHost } from './invocation-host.ts';
import { Message } from './message.ts';
import { SenderDefaults } from './sender-defaults.ts';
import { toSentValue } from './sent-value.ts';
import { locateSubscribers, subscriptionEvent, type SubscriptionAction, type SubscriptionRequest } from './subscriptions.ts';
import { requestContent } from './subscription-request.ts';

/**
 * The context that a handler receives: the part of an attempt that its handler sees. It collects effects until it is closed.
 * Lists exist only for effects that the handler asks for.
 */
export abstract class AttemptContext implements Context, Effects {
  readonly self: Address;
  readonly caller: Address | undefined;

  protected readonly message: Message;
  protected readonly host: InvocationHost;
  protected readonly state: AddressState;
  readonly #received: Envelope;
  readonly #nowMs: number;
  #messages: Message[] | undefined;
  #delayed: (DelayedMessage | Cancellation)[] | undefined;
  #egress: EgressEffect[] | undefined;
  #view: CloudEvent | undefined;
  /** The part that the ids of all messages of this invocation have in common. */
  #idBase: string | undefined;
  #ordinal = 0;
  #bytes = 0;
  /** Size of the effects, counted in the budget of the host. */
  #reserved: { count: number; bytes: number } | undefined;
  #selfText: string | undefined;
  #defaults: SenderDefaults | undefined;
  #controller: AbortController | undefined;
  #logger: Logger | undefined;
  #aborted = false;
  #open = true;

  constructor(message: Message, state: AddressState, host: InvocationHost, nowMs: number) {
    this.self = message.target;
    this.caller = message.caller;
    this.message = message;
    this.#received = message.received;
    this.state = state;
    this.host = host;
    this.#nowMs = nowMs;
  }

  get messageId(): string {
    return this.message.messageId;
  }

  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent): void {
    this.sendTo(this.#ensureTarget(target, id), event);
  }

  sendTyped(target: FunctionTarget, id: string, value: TypedValue): void {
    const address = this.#ensureTarget(target, id);
    const ordinal = this.#nextOrdinal();
    this.#addMessage(address, this.#counted(Envelope.ofTypedValue(toSentValue(value))), ordinal);
  }

  sendAfter(delay: Duration, target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options: DelayOptions = {}): void {
    this.#sendAfter(delay, this.#ensureTarget(target, id), options, (ordinal) => this.#contentOf(event, ordinal));
  }

  sendTypedAfter(delay: Duration, target: FunctionTarget, id: string, value: TypedValue, options: DelayOptions = {}): void {
    this.#sendAfter(delay, this.#ensureTarget(target, id), options, () => Envelope.ofTypedValue(toSentValue(value)));
  }

  #sendAfter(delay: Duration, target: Address, { cancellationToken: token }: DelayOptions, contentOf: (ordinal: number) => Envelope): void {
    if (token !== undefined && this.#isCancellationTokenPending(ensureCancellationToken(token))) {
      throw tokenInUse(token, this.self);
    }
    const dueAt = Math.min(this.#nowMs + toMilliseconds(delay), latestTimeMs);
    const ordinal = this.#nextOrdinal();
    const envelope = this.#counted(contentOf(ordinal).with({ messageId: this.#messageIdAt(ordinal) }));
    (this.#delayed ??= []).push({ kind: 'send', dueAt, token, target, envelope });
  }

  cancelDelayed(token: string): void {
    this.#ensureOpen('cancelDelayed');
    (this.#delayed ??= []).push({ kind: 'cancel', token: ensureCancellationToken(token) });
  }

  reply(event: CloudEvent | NewEvent): void {
    this.#ensureOpen('reply');
    if (this.caller === undefined) {
      throw noCaller(this.messageId, this.self);
    }
    this.sendTo(this.caller, event);
  }

  publish(event: CloudEvent | NewEvent): void {
    this.#ensureOpen('publish');
    // The type is not checked: a subscriber whose function was removed must not fail the publisher. Its message becomes a dead letter.
    for (const subscriber of locateSubscribers(this.state, this.host.locate)) {
      const ordinal = this.#nextOrdinal();
      this.#addMessage(subscriber.address, this.#counted(this.#contentOf(event, ordinal)), ordinal).located = subscriber;
    }
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
    const ids = this.#idsOfRecord(egressId, options);
    const dataText = dataTextFor(event, this.#received);
    const { payload, payloadBytes } = writeEvent(event, this.#defaultsOf(ids.messageId), dataText, this.state);
    this.#addRecord(egressId, Envelope.ofTrustedPayload(payload, ids, payloadBytes));
  }

  egressTyped(egressId: string, value: TypedValue, options: EgressOptions = {}): void {
    const ids = this.#idsOfRecord(egressId, options);
    this.#addRecord(egressId, Envelope.ofTypedValue(toSentValue(value), ids));
  }

  #idsOfRecord(egressId: string, { key }: EgressOptions): { readonly messageId: string; readonly partitionKey: string } {
    this.#ensureOpen('egress');
    if (!this.host.hasEgress(egressId)) throw this.host.unknownEgress(egressId, `sent by ${this.#selfName}`);
    return { messageId: this.#messageIdAt(this.#nextOrdinal()), partitionKey: key === undefined ? this.self.id : toPartitionKey(key) };
  }

  #addRecord(egressId: string, envelope: Envelope): void {
    const record = { egressId, envelope: this.#counted(envelope) };
    if (this.#egress === undefined) this.#egress = [record];
    else this.#egress.push(record);
  }

  now(): number {
    return this.#nowMs;
  }

  get logger(): Logger {
    const fields = { address: this.#selfName, messageId: this.messageId };
    return (this.#logger ??= namedLogger(this.host.logger, `functions.${this.self.type}`).child(fields));
  }

  get metrics(): Metrics {
    return this.host.metrics(this.self.type);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /** The event that the handler received. Passing it on sends the received envelope, with the same bytes. */
  protected set view(event: CloudEvent) {
    this.#view = event;
  }

  get messages(): readonly Message[] {
    return this.#messages ?? nothing;
  }

  get delayed(): readonly (DelayedMessage | Cancellation)[] {
    return this.#delayed ?? nothing;
  }

  get egressRecords(): readonly EgressEffect[] {
    return this.#egress ?? nothing;
  }

  protected close(): void {
    this.#open = false;
    if (this.#reserved === undefined) return;
    this.host.budget?.release(this.#reserved);
    this.#reserved = undefined;
  }

  protected abort(): void {
    this.close();
    this.#aborted = true;
    this.#controller?.abort();
  }

  /** Sends an event to an address of a registered type. */
  protected sendTo(target: Address, event: CloudEvent | NewEvent): void {
    if (!this.host.isRegistered(target.type)) throw this.host.unknownFunction(target.type, `sent by ${this.#selfName}`);
    const ordinal = this.#nextOrdinal();
    this.#addMessage(target, this.#counted(this.#contentOf(event, ordinal)), ordinal);
  }

  #ask(action: SubscriptionAction, target: FunctionTarget, id: string, correlationId: string | undefined): void {
    const publisher = this.#ensureTarget(target, id);
    const { subscriptions } = this.host;
    const request = { action, correlationId: correlationId ?? null };
    const ordinal = this.#nextOrdinal();
    const content = requestContent(subscriptions, request, this.self, publisher, () => this.#defaultsOf(this.#messageIdAt(ordinal)));
    if (content !== undefined) return void this.#addMessage(publisher, this.#counted(content), ordinal, request);
    const event = subscriptionEvent(subscriptions, action, this.self, publisher, correlationId);
    this.#addMessage(publisher, this.#counted(this.#contentOf(event, ordinal)), ordinal);
  }

  #addMessage(target: Address, content: Envelope, ordinal: number, request?: SubscriptionRequest): Message {
    this.#idBase ??= messageIdBase(this.messageId, this.#selfName);
    const Made = this.host.messageClass ?? Message;
    const message = new Made(target, this.self, content, this.message.receivedAtMs, this.#idBase, ordinal, request);
    if (this.#messages === undefined) this.#messages = [message];
    else this.#messages.push(message);
    return message;
  }

  /** Returns an envelope of the event, whose ids do not count. The received event keeps its envelope, and with it its text. */
  #contentOf(event: CloudEvent | NewEvent, ordinal: number): Envelope {
    if (event === this.#view || event === this.#received.event) return this.#received;
    const complete = completeEvent(event, this.#defaultsOf(this.#messageIdAt(ordinal)));
    return Envelope.ofPassedOn(complete, dataTextFor(event, this.#received));
  }

  /** Counts an envelope in the limits of the invocation, so that no commit is too large to be written. */
  #counted(envelope: Envelope): Envelope {
    const bytes = measuredBytes(envelope);
    if (bytes > messageBytesMax) throw messageTooLarge(envelope.event.type, bytes, this.#selfName);
    if (this.#bytes + bytes > effectBytesMax) throw tooManyBytes(this.#selfName);
    const reserved = (this.#reserved ??= { count: 0, bytes: 0 });
    this.host.budget?.reserve(reserved, bytes, this.#selfName);
    // What was refused does not count: a handler may continue without it.
    this.#bytes += bytes;
    reserved.count += 1;
    reserved.bytes += bytes;
    return envelope;
  }

  #defaultsOf(id: string): EventDefaults {
    this.#defaults ??= new SenderDefaults(this.self, this.#nowMs);
    this.#defaults.id = id;
    return this.#defaults;
  }

  #nextOrdinal(): number {
    if (this.#ordinal >= effectsMax) throw tooManyEffects(this.#selfName);
    return this.#ordinal++;
  }

  #messageIdAt(ordinal: number): string {
    return messageIdAt((this.#idBase ??= messageIdBase(this.messageId, this.#selfName)), ordinal);
  }

  #ensureTarget(target: FunctionTarget, id: string): Address {
    this.#ensureOpen('send');
    const type = functionTypeOf(target);
    if (!this.host.isRegistered(type)) throw this.host.unknownFunction(type, `sent by ${this.#selfName}`);
    return { type, id: ensureAddressId(id, type) };
  }

  #isCancellationTokenPending(token: string): boolean {
    const last = this.#delayed?.findLast((effect) => effect.token === token);
    return last === undefined ? this.host.isCancellationTokenPending(this.self, token) : last.kind === 'send';
  }

  #ensureOpen(method: string): void {
    if (this.#open) return;
    throw attemptEnded(method, this.self);
  }

  get #selfName(): string {
    return (this.#selfText ??= formatAddress(this.self));
  }
}

const nothing: readonly never[] = [];
