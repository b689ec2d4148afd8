import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { Address } from '../shared/address.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { FunctionTarget } from '../shared/function-target.ts';
import type { Logger } from '../shared/logger.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { TypedValue } from '../shared/typed-value.ts';

/** Options of a delayed message. */
export interface DelayOptions {
  /** Names the message so that `cancelDelayed` can take it back; unique among the pending ones of this address. */
  readonly token?: string;
}

/** Options of an egress record. */
export interface EgressOptions {
  /** Partition key: records with the same key keep their order. @defaultValue the id of the sending address */
  readonly key?: string;
}

/** Options of a subscription. */
export interface SubscribeOptions {
  /** Kept with the subscription and sent with it; the framework does not read it. */
  readonly correlationId?: string;
}

/**
 * What a handler can do besides changing its state. Nothing here acts at once: everything is an effect, applied when the handler
 * succeeds and thrown away when it fails. After the handler has settled every method throws ATTEMPT_ENDED.
 */
export interface Context {
  /** The address that handles the message. */
  readonly self: Address;
  /** The address that sent the message; undefined for a message from an ingress. */
  readonly caller: Address | undefined;
  /** The same on every attempt and after every crash: the idempotency key for calls to the outside. */
  readonly messageId: string;

  /**
   * Sends an event to an address: exactly once, in the order of sending per target.
   *
   * Throws UNKNOWN_FUNCTION when nothing handles the target's type, INVALID_ADDRESS_ID for an unusable id.
   */
  send(target: FunctionTarget, id: string, event: CloudEvent | NewEvent): void;

  /** Sends an event that arrives not before the delay has passed, also after a restart. Throws DELAYED_TOKEN_IN_USE and DELAY_TOKEN_INVALID. */
  sendAfter(delay: Duration, target: FunctionTarget, id: string, event: CloudEvent | NewEvent, options?: DelayOptions): void;

  /**
   * Sends a value of a type that functions in other languages know: `typed(type, value)` of `statefun/serving`. As {@link send} otherwise. A
   * function class that gets one is shown an event whose type is the typename.
   *
   * Throws TYPENAME_INVALID for what is no typed value, and what `send` throws.
   */
  sendTyped(target: FunctionTarget, id: string, value: TypedValue): void;

  /** Sends a typed value that arrives not before the delay has passed: {@link sendAfter} and {@link sendTyped}. */
  sendTypedAfter(delay: Duration, target: FunctionTarget, id: string, value: TypedValue, options?: DelayOptions): void;

  /** Takes back a delayed message of this address that has not arrived yet; otherwise does nothing. */
  cancelDelayed(token: string): void;

  /** Sends an event to the caller; throws NO_CALLER when there is none. */
  reply(event: CloudEvent | NewEvent): void;

  /** Sends an event to every address that is subscribed to this one, in the order they subscribed. */
  publish(event: CloudEvent | NewEvent): void;

  /** Subscribes this address to what another one publishes; the other answers with its current event if it has one. */
  subscribe(target: FunctionTarget, id: string, options?: SubscribeOptions): void;

  /** Ends a subscription. */
  unsubscribe(target: FunctionTarget, id: string): void;

  /** Asks an address for its current event, once. */
  query(target: FunctionTarget, id: string): void;

  /**
   * Sends an event out; it leaves after the commit of this invocation. Data of the handled event, passed on as it is, leaves as the text it came as. Its `id` is always the message id, so that it is the same on every
   * attempt and consumers can recognise repetitions. Throws UNKNOWN_EGRESS and PARTITION_KEY_INVALID.
   */
  egress(egressId: string, event: CloudEvent | NewEvent, options?: EgressOptions): void;

  /**
   * Sends a typed value out as {@link egress} sends an event. Served to Flink, what `kafkaRecord` and `kinesisRecord` of `statefun/serving` make
   * reaches the egress of the cluster as it is: the record names topic or stream. An egress of the embedded engine with the format
   * `'envelope'` is given the value; others write the event that stands for it.
   *
   * Throws TYPENAME_INVALID, and what `egress` throws.
   */
  egressTyped(egressId: string, value: TypedValue, options?: EgressOptions): void;

  /** When this attempt began, in milliseconds since the epoch. */
  now(): number;

  /** Adds address and message id to every line. */
  readonly logger: Logger;

  /** Counters named after the function type. */
  readonly metrics: Metrics;

  /** Aborted when the attempt is abandoned: pass it to what the handler awaits. */
  readonly signal: AbortSignal;
}
