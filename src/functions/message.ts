import type { CloudEvent } from '../envelope/cloud-event.ts';
import type { Envelope } from '../envelope/envelope.ts';
import type { Address } from '../shared/address.ts';
import { messageIdAt } from '../shared/message-id.ts';
import type { Located } from './located.ts';
import type { SubscriptionRequest } from './subscriptions.ts';

/** The parts of a message whose envelope has its id. */
export interface AddressedMessage {
  readonly target: Address;
  readonly caller: Address | undefined;
  readonly envelope: Envelope;
  readonly receivedAtMs?: number | undefined;
}

/**
 * A message on its way to an address.
 *
 * All messages of one event share an envelope, the content. The id and the envelope of the message itself are made only when something needs them: it
 * is written, leaves the process, or a handler asks.
 */
export class Message {
  readonly target: Address;
  /** The address that sent it; undefined for messages from an ingress. */
  readonly caller: Address | undefined;
  /** The event or typed value. Its ids are those of the message only when the message has no `idBase`. */
  readonly content: Envelope;
  /** When the event it comes from was received, on the monotonic clock; undefined after a recovery. Used only to measure latency. */
  readonly receivedAtMs: number | undefined;
  /** The part that the ids of all messages of one invocation have in common. Undefined when the content has the id. */
  readonly idBase: string | undefined;
  readonly ordinal: number;
  /** What the message asks of its target, when it subscribes, unsubscribes or queries. Undefined also for one that was read from the log. */
  readonly request: SubscriptionRequest | undefined;
  /** Where the host of the sender has found the target, if it has. */
  located: Located | undefined = undefined;
  #envelope: Envelope | undefined;

  constructor(
    target: Address,
    caller: Address | undefined,
    content: Envelope,
    receivedAtMs: number | undefined,
    idBase?: string,
    ordinal = 0,
    request?: SubscriptionRequest,
  ) {
    this.target = target;
    this.caller = caller;
    this.content = content;
    this.receivedAtMs = receivedAtMs;
    this.idBase = idBase;
    this.ordinal = ordinal;
    this.request = request;
  }

  /** Creates a message of an envelope that has its id. */
  static of({ target, caller, envelope, receivedAtMs }: AddressedMessage): Message {
    return new Message(target, caller, envelope, receivedAtMs);
  }

  get messageId(): string {
    return this.idBase === undefined ? (this.content.messageId ?? '') : messageIdAt(this.idBase, this.ordinal);
  }

  /** The content with the id of the message. */
  get envelope(): Envelope {
    if (this.idBase === undefined) return this.content;
    return (this.#envelope ??= this.content.with({ messageId: this.messageId }));
  }

  /** The envelope whose event the target receives. The event of a typed value has the id of its message. */
  get received(): Envelope {
    return this.content.isTypedValue ? this.envelope : this.content;
  }

  get event(): CloudEvent {
    return this.received.event;
  }

  /** Bytes of the payload, for budgets: always the same number. */
  get payloadBytes(): number {
    return this.content.payloadBytes;
  }
}
