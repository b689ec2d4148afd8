import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { Address } from '../shared/address.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { FunctionTarget } from '../shared/function-target.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { TypedValue } from '../shared/typed-value.ts';

/** Options of a delayed message. */
export interface DelayOptions {
  /** Names the message for `cancelDelayed`. Unique among the pending delayed messages of this address. */
  readonly cancellationToken?: string;
}

/** Options of an egress record. */
export interface EgressOptions {
  /** Partition key. Records with the same key keep their order. @defaultValue the id of the sending address */
  readonly key?: string;
}

/** Options of a subscription. */
export interface SubscribeOptions {
  /** Stored with the subscription and sent with it. The framework does not use it. */
  readonly correlationId?: string;
}

/**
 * Everything a handler can do besides changing its state. Each call is an effect: it is applied when the handler succeeds, and discarded when it
 * fails. After the handler has settled, every method throws ATTEMPT_ENDED.
 */
export interface Context {
  /** The address that handles the message. */
  readonly self: Address;
  /** The address that sent the message. Undefined for a message from an ingress. */
  readonly caller: Address | undefined;
  /** Id of the message, the same in every attempt and after every crash: the idempotency key for calls to outside systems. */
  readonly messageId: string;

  /**
   * Sends an event to an address: exactly once, and in the order of sending per target.
   *
   * Throws UNKNOWN_FUNCTION when nothing handles the target's type, and INVALID_ADDRESS_ID for an invalid id.
   */
  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent): void;

  /** Sends an event that arrives after the delay, also across restarts. Throws DELAYED_TOKEN_IN_USE and DELAY_TOKEN_INVALID. */
  sendAfter(delay: Duration, target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options?: DelayOptions): void;

  /**
   * Sends a typed value, which functions in other languages can read: `typed(type, value)` of `statefun/serving`. Otherwise like {@link send}. A
   * function class receives it as an event whose type is the typename.
   *
   * Throws TYPENAME_INVALID for a value that is not a typed value, and the errors of `send`.
   */
  sendTyped(target: FunctionTarget, id: string, value: TypedValue): void;

  /** Sends a typed value that arrives after the delay. See {@link sendAfter} and {@link sendTyped}. */
  sendTypedAfter(delay: Duration, target: FunctionTarget, id: string, value: TypedValue, options?: DelayOptions): void;

  /** Cancels the pending delayed message of this address with the cancellation token. Does nothing when there is none. */
  cancelDelayed(cancellationToken: string): void;

  /** Sends an event to the caller. Throws NO_CALLER when there is none. */
  reply(event: CloudEvent | NewEvent): void;

  /** Sends an event to every address that is subscribed to this one, in the order of their subscriptions. */
  publish(event: CloudEvent | NewEvent): void;

  /** Subscribes this address to the events that another one publishes. The other one sends its current event, if it has one. */
  subscribe(target: FunctionTarget, id: string, options?: SubscribeOptions): void;

  /** Ends a subscription. */
  unsubscribe(target: FunctionTarget, id: string): void;

  /** Requests the current event of an address, once. */
  query(target: FunctionTarget, id: string): void;

  /**
   * Sends an event to an egress, after the commit of this invocation. Its `id` is always the message id, so that it is the same in every attempt and
   * consumers can recognise repetitions. Unchanged data of the handled event keeps its received text. Throws UNKNOWN_EGRESS and PARTITION_KEY_INVALID.
   */
  egress(egressId: string, event: CloudEvent | NewEvent, options?: EgressOptions): void;

  /**
   * Sends a typed value to an egress, otherwise like {@link egress}. When Flink calls the function, records of `kafkaRecord` and `kinesisRecord` of
   * `statefun/serving` reach the egress of the cluster unchanged; they name the topic or stream. In the embedded engine, an egress with the format
   * `'envelope'` receives the value, and others the event that represents it.
   *
   * Throws TYPENAME_INVALID, and the errors of `egress`.
   */
  egressTyped(egressId: string, value: TypedValue, options?: EgressOptions): void;

  /** Start of this attempt, in milliseconds since the epoch. */
  now(): number;

  /** Logger that adds address and message id to every line. */
  readonly logger: Logger;

  /** Counters whose names begin with the function type. */
  readonly metrics: Metrics;

  /** Signal that is aborted when the attempt is abandoned. Pass it to the calls that the handler awaits. */
  readonly signal: AbortSignal;
}
