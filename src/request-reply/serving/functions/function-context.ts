import type { Address } from '../../../shared/address.ts';
import type { Duration } from '../../../shared/time/duration.ts';
import type { DelayOptions } from '../../../functions/context.ts';
import type { Logger } from '../../../shared/logger.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';
import type { StateDeclarations, StorageOf } from './state-declaration.ts';

/**
 * What can be sent: a typed value, which {@link TypedMessage} is too, or a value that has one type only: text (`string`), a boolean
 * (`bool`), a whole number of 32 bits (`int`) or a bigint (`long`). Everything else is sent as `typed(type, value)`.
 */
export type Sendable = TypedValue | string | boolean | number | bigint;

/**
 * What a served function can do besides changing its state. Nothing here acts at once: everything is an effect, which the runtime applies
 * when the whole batch succeeds. After the function has settled every method throws ATTEMPT_ENDED.
 *
 * The protocol has no ids for messages, so a function cannot recognise a batch that is sent again: what it does outside must bear repetition.
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

  /** Sends a message that arrives not before the delay has passed. A token may not be pending already: Flink fails the job for it. */
  sendAfter(delay: Duration, target: string, id: string, value: Sendable, options?: DelayOptions): void;

  /** Takes back the delayed message with the token, if this id has sent it and it has not arrived yet; otherwise does nothing. */
  cancelDelayed(token: string): void;

  /** Sends a message to the caller; throws NO_CALLER when there is none. */
  reply(value: Sendable): void;

  /** Sends a record out: `kafkaRecord`, `kinesisRecord`, `playgroundRecord`, or what an egress of your own takes. */
  sendEgress(egressId: string, record: Sendable): void;

  /** When this invocation began, in milliseconds since the epoch. */
  now(): number;

  /** Adds the address to every line. */
  readonly logger: Logger;
}
