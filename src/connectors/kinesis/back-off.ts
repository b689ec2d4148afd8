import type { Logger } from '../../shared/logger.ts';
import { backOffDelayMs } from '../../shared/time/back-off.ts';
import type { Clock } from '../../shared/time/clock.ts';
import { sleep } from '../../shared/time/sleep.ts';
import { isRetriable, isWithoutCredentials } from './kinesis-failure.ts';

/** Shortest and longest wait. A throttled shard recovers within about the first; after an outage, reading resumes within the longest. */
const delays = { firstMs: 500, maxMs: 10_000 };
/** Failures in a row before a warning is logged. Fewer are everyday throttling. */
const quietAttempts = 3;

export interface BackOff {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Returns a random number from 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Attempts before the error of the last one is thrown. @defaultValue no limit */
  readonly attemptsMax?: number;
  /** Whether a call has worked before. If so, missing credentials are retried like network failures, since they could not be renewed. */
  readonly hasStarted?: boolean;
  /** Called with the error of each attempt that is followed by another. */
  readonly attemptFailed?: (error: unknown) => void;
}

/** Returns the wait after a failed attempt (the first is 0): exponential with full jitter, so that readers do not retry together. */
export function backOffMs(attempt: number, random: () => number): number {
  return Math.ceil(random() * backOffDelayMs(delays, attempt + 1));
}

/** Repeats a call until it works, waiting between attempts. Throws permanent errors, and any error after an abort. */
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
