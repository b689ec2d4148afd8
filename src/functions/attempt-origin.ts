import { formatAddress, type Address } from '../shared/address.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import type { LogFields, Logger } from '../shared/logger.ts';
import { settled } from '../shared/thenable.ts';

/**
 * Which attempt something belongs to that a handler has started: promises, timers and sockets carry it along. It is small and lets go of
 * the attempt at its end, because what a handler leaves behind keeps it in memory.
 */
export class AttemptOrigin {
  readonly address: Address;
  readonly messageId: string;
  readonly #logger: Logger;
  /** Fails the attempt; undefined while its handler is not asynchronous, and once it has settled. */
  #fail: ((error: Error) => void) | undefined;

  constructor(address: Address, messageId: string, logger: Logger) {
    this.address = address;
    this.messageId = messageId;
    this.#logger = logger;
  }

  /** What the log lines of the attempt carry. */
  get fields(): LogFields {
    return { address: formatAddress(this.address), messageId: this.messageId };
  }

  /** Settles as what the handler returned does, or rejects before with a failure of something that it did not await. */
  settled(result: PromiseLike<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      settled(result)
        .finally(() => this.end())
        .then(resolve, reject);
    });
  }

  /** The attempt is over: what fails from here on is only reported. */
  end(): void {
    this.#fail = undefined;
  }

  /** Something that the handler started and did not await has failed. The attempt fails with it, or it is logged when the attempt is over. */
  failedUnawaited(thrown: unknown): void {
    const error = toError(thrown);
    const fail = this.#fail;
    if (fail === undefined) {
      this.#logger.error('a handler left something running that has failed', { ...this.fields, error: this.#describe(error) });
      return;
    }
    this.end();
    // The same as if it had been awaited: what cannot be tried again is not.
    fail(StatefunError.is(error) ? error : this.#describe(error));
  }

  #describe(cause: Error): StatefunError {
    const reason = StatefunError.is(cause) ? `${cause.code}: ${cause.summary}` : `${cause.name}: ${cause.message}`;
    const summary = `something that the handler of ${formatAddress(this.address)} started and did not await has failed: ${reason}`;
    return new StatefunError('FAILURE_NOT_AWAITED', summary, { facts: { address: this.address, messageId: this.messageId }, cause });
  }
}
