import { toMilliseconds, type Duration } from '../shared/duration.ts';

/** What becomes of a message whose handler failed for good: kept as a dead letter, dropped and counted, or the engine stops. */
export type OnFailure = 'dead-letter' | 'skip' | 'stop';

/** How often and how soon a failed message is tried again. The address waits meanwhile; other addresses go on. */
export interface RetryOptions {
  /**
   * How many times a message is tried in all, the first attempt included.
   *
   * @defaultValue 5
   */
  readonly attemptsMax?: number;
  /**
   * Wait before the second attempt; doubled for each further one.
   *
   * @defaultValue `'100ms'`
   */
  readonly delay?: Duration;
  /**
   * Longest wait between two attempts.
   *
   * @defaultValue `'10s'`
   */
  readonly delayMax?: Duration;
}

/** How one function type is run. */
export interface FunctionOptions {
  readonly retry?: RetryOptions;
  /**
   * What happens when the attempts are used up, or trying again cannot help (malformed data, an unknown function type).
   *
   * @defaultValue `'dead-letter'`
   */
  readonly onFailure?: OnFailure;
  /**
   * How long an asynchronous handler may run before its attempt is abandoned and retried. Longer hides a stuck dependency; shorter
   * turns a slow one into retries. Only the attempt is abandoned: nothing it sent is delivered, and its `context.signal` is aborted.
   *
   * @defaultValue `'30s'`
   */
  readonly handlerTimeout?: Duration;
}

/** {@link FunctionOptions} with every default filled in; times in milliseconds. */
export interface FailurePolicy {
  readonly attemptsMax: number;
  readonly retryDelayMs: number;
  readonly retryDelayMsMax: number;
  readonly onFailure: OnFailure;
  readonly handlerTimeoutMs: number;
}

/** Fills in the defaults; throws INVALID_DURATION for times that cannot be read. */
export function toFailurePolicy(options: FunctionOptions): FailurePolicy {
  return {
    attemptsMax: Math.max(1, Math.trunc(options.retry?.attemptsMax ?? 5)),
    retryDelayMs: toMilliseconds(options.retry?.delay ?? '100ms'),
    retryDelayMsMax: toMilliseconds(options.retry?.delayMax ?? '10s'),
    onFailure: options.onFailure ?? 'dead-letter',
    handlerTimeoutMs: toMilliseconds(options.handlerTimeout ?? '30s'),
  };
}

/** How long to wait after the given number of failed attempts, in milliseconds. */
export function retryDelayMs(policy: FailurePolicy, attemptsFailed: number): number {
  return Math.min(policy.retryDelayMs * 2 ** (attemptsFailed - 1), policy.retryDelayMsMax);
}
