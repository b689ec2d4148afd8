import type { Address } from '../../../shared/address.ts';
import type { Duration } from '../../../shared/time/duration.ts';
import type { DelayOptions } from '../../../functions/context.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';
import type { StateDeclarations, StorageOf } from './state-declaration.ts';

/**
 * A value that can be sent: a typed value, such as a {@link TypedMessage}, or a value whose type is unambiguous: text (`string`), a boolean
 * (`bool`), a whole number of 32 bits (`int`) or a bigint (`long`). Send any other value as `typed(type, value)`.
 */
export type Sendable = TypedValue | string | boolean | number | bigint;

/**
 * The context of a served function. Its methods record effects, which the runtime applies when the whole batch has succeeded. After the
 * function has settled, each method throws ATTEMPT_ENDED.
 *
 * The protocol has no message ids, so a function cannot recognise a batch that is sent again: its calls to the outside must be idempotent.
 */
export interface FunctionContext<S extends StateDeclarations = Readonly<Record<never, never>>> {
  /** The address that handles the message. */
  readonly self: Address;
  /** The address that sent the message; undefined for a message from an ingress. */
  readonly caller: Address | undefined;
  /** The state of the address, by the properties that `bind` declares. */
  readonly storage: StorageOf<S>;

  /** Sends a message to an address, exactly once. Throws INVALID_FUNCTION_TYPE, INVALID_ADDRESS_ID and VALUE_WITHOUT_TYPE. */
  send(target: string, id: string, value: Sendable): void;

  /** Sends a message that arrives after the delay. The cancellation token must not be pending already: Flink would fail the job. */
  sendAfter(delay: Duration, target: string, id: string, value: Sendable, options?: DelayOptions): void;

  /** Cancels the delayed message with the cancellation token if this id has sent it and it is still pending; otherwise does nothing. */
  cancelDelayed(cancellationToken: string): void;

  /** Sends a message to the caller. Throws NO_CALLER if there is none. */
  reply(value: Sendable): void;

  /** Sends a record to an egress, made by `kafkaRecord`, `kinesisRecord` or `playgroundRecord`, or any value that your own egress accepts. */
  sendEgress(egressId: string, record: Sendable): void;

  /** Returns the time when this invocation began, in milliseconds since the epoch. */
  now(): number;

  /** A logger that adds the address to each line. */
  readonly logger: Logger;
}
