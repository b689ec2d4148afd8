import { ensureAddressId, ensureFunctionType, formatAddress, type Address } from '../../../shared/address.ts';
import type { Clock } from '../../../shared/time/clock.ts';
import { toMilliseconds, type Duration } from '../../../shared/time/duration.ts';
import { describe, StatefunError } from '../../../shared/errors.ts';
import type { DelayOptions } from '../../../functions/context.ts';
import { ensureCancellationToken } from '../../../functions/effect-limits.ts';
import { latestTimeMs } from '../../../shared/time/iso-time.ts';
import { namedLogger, type Logger } from '../../../shared/logger.ts';
import { isTypedValue, type TypedValue } from '../../../shared/typed-value.ts';
import { booleanType, int32Type, int64Type, stringType } from '../../../state/state-type.ts';
import type { OutgoingMessage } from '../../../functions/remote/invocation-batch.ts';
import { typed } from '../../protocol/typed-values.ts';
import type { AddressStorage } from './address-storage.ts';
import type { BatchEffects } from './batch-effects.ts';
import type { FunctionContext, Sendable } from './function-context.ts';
import { storageView } from './storage-view.ts';

/** The values shared by all messages of a batch. */
export interface BatchSurroundings {
  readonly self: Address;
  readonly storage: AddressStorage;
  readonly effects: BatchEffects;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The context of one message. It writes to the effects and the storage of its batch until it is closed. */
export class InvocationContext implements FunctionContext<Record<string, never>> {
  readonly self: Address;
  readonly caller: Address | undefined;
  readonly #batch: BatchSurroundings;
  readonly #nowMs: number;
  #view: Record<string, never> | undefined;
  #logger: Logger | undefined;
  #open = true;

  constructor(batch: BatchSurroundings, caller: Address | undefined) {
    this.self = batch.self;
    this.caller = caller;
    this.#batch = batch;
    this.#nowMs = batch.clock.now();
  }

  get storage(): Record<string, never> {
    // Safe: the types of `bind` declare the properties of this storage.
    return (this.#view ??= storageView(this.#batch.storage, () => this.ensureOpen('storage')) as Record<string, never>);
  }

  send(target: string, id: string, value: Sendable): void {
    this.ensureOpen('send');
    this.#batch.effects.messages.push(toMessage(target, id, value));
  }

  sendAfter(delay: Duration, target: string, id: string, value: Sendable, { cancellationToken }: DelayOptions = {}): void {
    this.ensureOpen('sendAfter');
    const delayMs = Math.min(Math.ceil(toMilliseconds(delay)), latestTimeMs);
    if (cancellationToken !== undefined && this.#batch.effects.isCancellationTokenPending(toToken(cancellationToken))) {
      throw new StatefunError(
        'DELAYED_TOKEN_IN_USE',
        `the cancellation token "${cancellationToken}" is pending at ${formatAddress(this.self)}.`,
        {
          facts: { token: cancellationToken, address: this.self },
        },
      );
    }
    this.#batch.effects.delayed.push({ kind: 'send', delayMs, cancellationToken, ...toMessage(target, id, value) });
  }

  cancelDelayed(cancellationToken: string): void {
    this.ensureOpen('cancelDelayed');
    this.#batch.effects.delayed.push({ kind: 'cancel', cancellationToken: toToken(cancellationToken) });
  }

  reply(value: Sendable): void {
    this.ensureOpen('reply');
    if (this.caller === undefined) {
      throw new StatefunError('NO_CALLER', `a message at ${formatAddress(this.self)} has no caller to reply to.`);
    }
    this.#batch.effects.messages.push({ target: this.caller, argument: toValue(value) });
  }

  sendEgress(egressId: string, record: Sendable): void {
    this.ensureOpen('sendEgress');
    this.#batch.effects.egress.push({ egressId: ensureFunctionType(egressId, 'an egress id'), argument: toValue(record) });
  }

  now(): number {
    return this.#nowMs;
  }

  get logger(): Logger {
    return (this.#logger ??= namedLogger(this.#batch.logger, `functions.${this.self.type}`).child({ address: formatAddress(this.self) }));
  }

  close(): void {
    this.#open = false;
  }

  /** Throws ATTEMPT_ENDED after the function has settled. */
  ensureOpen(what: string): void {
    if (this.#open) return;
    throw new StatefunError('ATTEMPT_ENDED', `context.${what} was used at ${formatAddress(this.self)} after its attempt ended.`, {
      facts: { address: this.self, what },
    });
  }
}

function toMessage(target: string, id: string, value: Sendable): OutgoingMessage {
  const type = ensureFunctionType(target, 'the target of a message');
  return { target: { type, id: ensureAddressId(id, type) }, argument: toValue(value) };
}

function toValue(value: Sendable): TypedValue {
  switch (typeof value) {
    case 'string':
      return typed(stringType(), value);
    case 'boolean':
      return typed(booleanType(), value);
    case 'bigint':
      return typed(int64Type(), value);
    case 'number':
      // A fraction could be a float or a double, and a large number a long: the type must not depend on the value.
      if ((value | 0) === value && !Object.is(value, -0)) return typed(int32Type(), value);
      break;
    default:
      if (isTypedValue(value) && value.hasValue) return value;
  }
  throw new StatefunError('VALUE_WITHOUT_TYPE', `${describe(value)} is sent without a type.`);
}

function toToken(token: unknown): string {
  if (token !== '') return ensureCancellationToken(token);
  throw new StatefunError('DELAY_TOKEN_INVALID', 'the empty text cannot be the cancellation token of a delayed message.');
}
