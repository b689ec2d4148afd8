import { formatAddress, type Address } from '../shared/address.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import { settled } from '../shared/thenable.ts';

/**
 * Identifies the attempt that started an asynchronous operation. Promises, timers and sockets carry it. It is small and drops its reference to the
 * attempt at the end, because operations that outlive the handler keep it in memory.
 */
export class AttemptOrigin {
  readonly address: Address;
  readonly messageId: string;
  readonly #logger: Logger;
  /** Fails the attempt. Undefined before the handler has returned a promise, and after it has settled. */
  #fail: ((error: Error) => void) | undefined;

  constructor(address: Address, messageId: string, logger: Logger) {
    this.address = address;
    this.messageId = messageId;
    this.#logger = logger;
  }

  /** Fields for log lines of the attempt. */
  get fields(): LogFields {
    return { address: formatAddress(this.address), messageId: this.messageId };
  }

  /** Settles like the result of the handler, or rejects before it when an operation fails that the handler did not await. */
  settled(result: PromiseLike<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      settled(result)
        .finally(() => this.end())
        .then(resolve, reject);
    });
  }

  /** Ends the attempt: later failures are only logged. */
  end(): void {
    this.#fail = undefined;
  }

  /** Reports the failure of an operation that the handler did not await. The attempt fails with it, or it is logged after the end of the attempt. */
  failedUnawaited(thrown: unknown): void {
    const error = toError(thrown);
    const fail = this.#fail;
    if (fail === undefined) {
      this.#logger.error('a handler left something running that has failed', { ...this.fields, error: this.#describe(error) });
      return;
    }
    this.end();
    // The original error, as if it had been awaited, so that its outcome decides about another attempt.
    fail(StatefunError.is(error) ? error : this.#describe(error));
  }

  #describe(cause: Error): StatefunError {
    const reason = StatefunError.is(cause) ? `${cause.code}: ${cause.summary}` : `${cause.name}: ${cause.message}`;
    const summary = `something that the handler of ${formatAddress(this.address)} started and did not await has failed: ${reason}`;
    return new StatefunError('FAILURE_NOT_AWAITED', summary, { facts: { address: this.address, messageId: this.messageId }, cause });
  }
}
