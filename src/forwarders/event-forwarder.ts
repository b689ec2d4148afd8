import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { FunctionTarget } from '../shared/function-target.ts';

/** Options of a message that a forwarder sends. */
export interface ForwardOptions {
  /** Partition key of the message, used if it reaches an egress. @defaultValue that of the record, when the event is passed on unchanged */
  readonly partitionKey?: string | undefined;
}

/** Sends the messages of a forwarder, until `forward` returns. */
export interface Downstream {
  /**
   * Sends an event to one address. The event that the forwarder received keeps its bytes.
   *
   * Throws UNKNOWN_FUNCTION, INVALID_ADDRESS_ID, PARTITION_KEY_INVALID, INVALID_CLOUD_EVENT, EVENT_NOT_SERIALIZABLE, MESSAGE_TOO_LARGE,
   * TOO_MANY_FORWARDS (past 250,000 messages or 64 MiB for one event) or FORWARDER_ENDED.
   */
  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options?: ForwardOptions): void;
}

/**
 * Chooses the addresses of an incoming event. Both methods are synchronous and decide by the event alone. The router calls every forwarder for every
 * event; if one of them throws, no message of the event is sent.
 */
export interface EventForwarder<T = unknown> {
  /** Returns whether the event is for this forwarder. @defaultValue whether the event has a type of `@Forwarder` */
  accept?(event: CloudEvent): boolean;
  /** Sends the event to any number of addresses. Its data has passed the schema of the event type. */
  forward(event: CloudEvent<T>, downstream: Downstream): void;
}
