import { describe, StatefunError, toError } from '../shared/errors.ts';
import { backOffDelayMs } from '../shared/time/back-off.ts';
import { toMilliseconds, type Duration } from '../shared/time/duration.ts';

/** Reaction to a message whose handler failed for good: keep it as a dead letter, drop and count it, or stop the engine. */
export type OnFailure = 'dead-letter' | 'skip' | 'stop';

/** Number and delays of the attempts of a failed message. Its address waits meanwhile; other addresses continue. */
export interface RetryOptions {
  /**
   * Most attempts of one message, the first included.
   *
   * @defaultValue 5
   */
  readonly attemptsMax?: number;
  /**
   * Wait before the second attempt. Each further wait is twice as long.
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

/** Options of a function type. */
export interface FunctionOptions {
  readonly retry?: RetryOptions;
  /**
   * Reaction when the attempts are used up, or when another one cannot help (malformed data, an unknown function type).
   *
   * @defaultValue `'dead-letter'`
   */
  readonly onFailure?: OnFailure;
  /**
   * Longest time for an asynchronous handler. After it, the attempt is abandoned and another one follows. Longer hides a stuck dependency; shorter
   * turns a slow one into retries. Nothing that an abandoned attempt sent is delivered, and its `context.signal` is aborted.
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

/** Every {@link OnFailure}, to check values of callers without types. */
const onFailures: readonly unknown[] = ['dead-letter', 'skip', 'stop'] satisfies readonly OnFailure[];

/** Fills in the defaults. Throws INVALID_DURATION for times that cannot be read, and FUNCTION_OPTION_INVALID. */
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

/** Matches the errors of V8 for changes of a frozen object. */
const frozenWrite = /^Cannot (?:assign to read only|add|delete|define|redefine) property\b|object is not extensible$/;

/** Returns the error of an attempt for the value that its handler threw: VALUE_FROZEN for a change of a frozen value, otherwise {@link toError}. */
export function toHandlerError(thrown: unknown): Error {
  const error = toError(thrown);
  if (error.name !== 'TypeError' || !frozenWrite.test(error.message)) return error;
  return new StatefunError('VALUE_FROZEN', `a handler changed a value that is frozen: ${error.message}.`, { cause: error });
}

/**
 * Returns whether another attempt can help. It cannot after errors of this framework whose outcome is not `retry`: program or data have to be corrected.
 * It can after all other errors, because a dependency of the handler may have failed.
 */
export function canRetry(error: Error): boolean {
  return !StatefunError.is(error) || error.outcome === 'retry';
}

/** Returns the wait after the given number of failed attempts, in milliseconds. */
export function retryDelayMs(policy: FailurePolicy, attemptsFailed: number): number {
  return backOffDelayMs({ firstMs: policy.retryDelayMs, maxMs: policy.retryDelayMsMax }, attemptsFailed);
}
