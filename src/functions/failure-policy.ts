import { describe, StatefunError, toError } from '../shared/errors.ts';
import { backOffDelayMs } from '../shared/time/back-off.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';

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

/** Every {@link OnFailure}, to check what JavaScript gives. */
const onFailures: readonly unknown[] = ['dead-letter', 'skip', 'stop'] satisfies readonly OnFailure[];

/** Fills in the defaults; throws INVALID_DURATION for times that cannot be read, and FUNCTION_OPTION_INVALID. */
export function toFailurePolicy(options: FunctionOptions): FailurePolicy {
  const { onFailure = 'dead-letter', retry: { attemptsMax = 5 } = {} } = options;
  if (!onFailures.includes(onFailure)) throw invalid('onFailure', onFailure, `one of ${onFailures.join(', ')}`);
  if (typeof attemptsMax !== 'number' || !(attemptsMax >= 1)) throw invalid('retry.attemptsMax', attemptsMax, 'a number from 1 on');
  return {
    attemptsMax: Math.trunc(attemptsMax),
    retryDelayMs: toMilliseconds(options.retry?.delay ?? '100ms'),
    retryDelayMsMax: toMilliseconds(options.retry?.delayMax ?? '10s'),
    onFailure,
    handlerTimeoutMs: toMilliseconds(options.handlerTimeout ?? '30s'),
  };
}

function invalid(option: string, value: unknown, expected: string): StatefunError {
  return new StatefunError('FUNCTION_OPTION_INVALID', `${option} is ${describe(value)}; it must be ${expected}.`, { facts: { option } });
}

/** How V8 refuses to change an object that is frozen. */
const frozenWrite = /^Cannot (?:assign to read only|add|delete|define|redefine) property\b|object is not extensible$/;

/** What a handler threw, as the error that its attempt fails with: VALUE_FROZEN for a change of a frozen value, else {@link toError}. */
export function toHandlerError(thrown: unknown): Error {
  const error = toError(thrown);
  if (error.name !== 'TypeError' || !frozenWrite.test(error.message)) return error;
  return new StatefunError('VALUE_FROZEN', `a handler changed a value that is frozen: ${error.message}.`, { cause: error });
}

/**
 * Whether trying again can help. It cannot after an error of this framework that says so: the program or the data has to be corrected. Other
 * errors are tried again, since what the handler depends on may have failed.
 */
export function canRetry(error: Error): boolean {
  return !StatefunError.is(error) || error.outcome === 'retry';
}

/** How long to wait after the given number of failed attempts, in milliseconds. */
export function retryDelayMs(policy: FailurePolicy, attemptsFailed: number): number {
  return backOffDelayMs({ firstMs: policy.retryDelayMs, maxMs: policy.retryDelayMsMax }, attemptsFailed);
}
