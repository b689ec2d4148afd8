import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { FunctionTarget } from '../shared/function-target.ts';

export interface ForwardOptions {
  /** Orders and places the record, should the message leave through an egress. @defaultValue that of the event, when it is passed on as it is */
  readonly partitionKey?: string | undefined;
}

/** Where a forwarder sends. It works until `forward` returns. */
export interface Downstream {
  /**
   * Sends an event to one address. The event that the forwarder was given travels as it came in, to the byte.
   *
   * Throws UNKNOWN_FUNCTION, INVALID_ADDRESS_ID, PARTITION_KEY_INVALID, INVALID_CLOUD_EVENT, EVENT_NOT_SERIALIZABLE, MESSAGE_TOO_LARGE,
   * TOO_MANY_FORWARDS (past 250,000 messages or 64 MiB for one event) or FORWARDER_ENDED.
   */
  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options?: ForwardOptions): void;
}

/**
 * Chooses the functions, and the ids, that an incoming event is for. Both methods decide by the event alone and answer at once; the router
 * asks every forwarder about every event, and if one of them throws, none of the event's messages is sent.
 */
export interface EventForwarder<T = unknown> {
  /** Whether the event is for this forwarder. @defaultValue whether it has the event type named in `@Forwarder` */
  accept?(event: CloudEvent): boolean;
  /** Sends the event on, to any number of addresses. Its data has passed the schema of the event type. */
  forward(event: CloudEvent<T>, downstream: Downstream): void;
}
