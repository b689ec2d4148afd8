import { hasCode, StatefunError, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { currentOrigin, type InvocationLogScope } from '../logging/logging-context.ts';

/** What tells of promises that nobody awaits and of exceptions that nobody catches: the process, or its stand-in. */
export interface FailureSource {
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (thrown: unknown) => void): unknown;
  off(event: 'unhandledRejection' | 'uncaughtException', listener: (thrown: unknown) => void): unknown;
}

/** An application that such failures are taken care of for. */
export interface FailureListener {
  readonly logger: Logger;
  /** No attempt is known to have caused it: the application must not outlive it. */
  readonly stop: (error: StatefunError) => void;
}

/**
 * Ties failures that reach the process to the attempts whose handlers have caused them, so that they hold up one address and not the process.
 *
 * F1. A failure of something that a handler has started goes to its attempt: it fails if it is open, and is logged if it is over.
 * F2. Any other failure stops every application that listens, in order, with FAILURE_WITHOUT_ATTEMPT.
 * F3. Once an application has listened, F1 holds to the end of the process: handlers leave things behind that outlive the application. When
 *     none listens any more, other failures end the process as Node does by itself.
 */
export class StrayFailures {
  readonly #source: FailureSource;
  readonly #listeners = new Set<FailureListener>();
  #listening = false;

  constructor(source: FailureSource) {
    this.#source = source;
  }

  /** Returns what ends the listening of this application. */
  listen(listener: FailureListener): () => void {
    this.#listeners.add(listener);
    if (!this.#listening) {
      this.#source.on('unhandledRejection', this.#failed);
      this.#source.on('uncaughtException', this.#failed);
      this.#listening = true;
    }
    return () => void this.#listeners.delete(listener);
  }

  readonly #failed = (thrown: unknown): void => {
    const origin = currentOrigin();
    if (origin !== undefined) origin.failedUnawaited(thrown);
    else if (!this.#reportEnded(thrown)) this.#stopAll(thrown);
  };

  /** A cell or a context says itself that its attempt is over, also where Node does not know who has called it. */
  #reportEnded(thrown: unknown): boolean {
    const [listener] = this.#listeners;
    if (listener === undefined || !hasCode(thrown, 'ATTEMPT_ENDED')) return false;
    listener.logger.error('a handler left something running that has failed', { error: thrown });
    return true;
  }

  #stopAll(thrown: unknown): void {
    if (this.#listeners.size === 0) {
      this.#source.off('unhandledRejection', this.#failed);
      this.#source.off('uncaughtException', this.#failed);
      this.#listening = false;
      // Thrown outside of the listener, where it ends the process as if nobody had listened.
      setImmediate(() => {
        throw toError(thrown);
      });
      return;
    }
    const cause = toError(thrown);
    const reason = StatefunError.is(cause) ? `${cause.code}: ${cause.summary}` : `${cause.name}: ${cause.message}`;
    const error = new StatefunError('FAILURE_WITHOUT_ATTEMPT', `a failure that nobody took care of: ${reason}`, { cause });
    for (const { stop } of this.#listeners) stop(error);
  }
}

/** Those of this process. */
export const processFailures = new StrayFailures(process);

/** Ties what reaches the process to the attempts of an engine, which stops for what belongs to none. */
export function tieFailures(
  scope: InvocationLogScope,
  engine: { readonly stopped: Promise<unknown>; fail(error: Error): void },
  logger: Logger,
): void {
  scope.active = true;
  void engine.stopped.then(processFailures.listen({ logger, stop: (error) => engine.fail(error) }));
}
