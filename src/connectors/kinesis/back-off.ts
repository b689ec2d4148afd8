import type { Logger } from '../../shared/logger.ts';
import { backOffDelayMs } from '../../shared/time/back-off.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { sleep } from '../../shared/time/sleep.ts';
import { isRetriable, isWithoutCredentials } from './kinesis-failure.ts';

/** A throttled shard has room again after about the first wait; a stream that works again is read again within the longest. */
const delays = { firstMs: 500, maxMs: 10_000 };
/** Fewer failures in a row than this are everyday throttling and not worth a warning. */
const quietAttempts = 3;

export interface BackOff {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Attempts before the error of the last one is thrown. @defaultValue no limit */
  readonly attemptsMax?: number;
  /** Calls have worked, so there are credentials: when they cannot be renewed, that is waited out like other failures of the network. */
  readonly hasStarted?: boolean;
  /** Told about every failure that will be tried again. */
  readonly attemptFailed?: (error: unknown) => void;
}

/** How long to wait after the failed attempt (the first is 0): exponential with full jitter, so that many readers do not return together. */
export function backOffMs(attempt: number, random: () => number): number {
  return Math.ceil(random() * backOffDelayMs(delays, attempt + 1));
}

/** Calls until the call works, waiting between attempts. Errors that will not pass, and those after an abort, are thrown. */
export async function withBackOff<T>(what: string, call: () => Promise<T>, backOff: BackOff): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      backOff.signal.throwIfAborted();
      const canWorkLater = isRetriable(error) || (backOff.hasStarted === true && isWithoutCredentials(error));
      if (!canWorkLater || attempt + 1 >= (backOff.attemptsMax ?? Infinity)) throw error;
      backOff.attemptFailed?.(error);
      const delayMs = backOffMs(attempt, backOff.random);
      const fields = { attempt: attempt + 1, delayMs, error };
      if (attempt < quietAttempts) backOff.logger.debug(`${what} failed, trying again`, fields);
      else backOff.logger.warn(`${what} keeps failing, trying again`, fields);
      await sleep(backOff.clock, delayMs, backOff.signal);
    }
  }
}
