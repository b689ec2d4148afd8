import { hasCode, StatefunError, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { currentOrigin, type InvocationLogScope } from '../logging/logging-context.ts';

/** The source of unhandled rejections and uncaught exceptions: the process, or a replacement in tests. */
export interface FailureSource {
  on(event: 'unhandledRejection' | 'uncaughtException', listener: (thrown: unknown) => void): unknown;
  off(event: 'unhandledRejection' | 'uncaughtException', listener: (thrown: unknown) => void): unknown;
}

/** An application whose unhandled failures are tied to attempts. */
export interface FailureListener {
  readonly logger: Logger;
  /** Stops the application after a failure that belongs to no known attempt. */
  readonly stop: (error: StatefunError) => void;
}

/**
 * Ties failures that reach the process to the attempts whose handlers caused them, so that they affect one address and not the process.
 *
 * APPLICATION-F1. A failure of something that a handler started belongs to its attempt: the attempt fails if it is open; otherwise the
 *     failure is logged.
 * APPLICATION-F2. Any other failure stops every listening application, in order, with FAILURE_WITHOUT_ATTEMPT.
 * APPLICATION-F3. Once an application has listened, APPLICATION-F1 holds to the end of the process: work that handlers start can outlive
 *     the application. When no application listens, other failures end the process, as they do without the framework.
 */
export class StrayFailures {
  readonly #source: FailureSource;
  readonly #listeners = new Set<FailureListener>();
  #listening = false;

  constructor(source: FailureSource) {
    this.#source = source;
  }

  /** Adds a listener. Returns a function that removes it. */
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

  /** Logs the error of a cell or context that was used after its attempt; the error names its attempt. */
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
      // Thrown outside of the listener, where it ends the process as it would without one.
      setImmediate(() => {
        throw toError(thrown);
      });
      return;
    }
    const cause = toError(thrown);
    const reason = StatefunError.is(cause) ? `${cause.code}: ${cause.summary}` : `${cause.name}: ${cause.message}`;
    const error = new StatefunError('FAILURE_WITHOUT_ATTEMPT', `a failure that nothing handled: ${reason}`, { cause });
    for (const { stop } of this.#listeners) stop(error);
  }
}

/** The failures of this process. */
export const processFailures = new StrayFailures(process);

/** Ties failures of the process to the attempts of an engine, which stops for failures without an attempt. */
export function tieFailures(
  scope: InvocationLogScope,
  engine: { readonly stopped: Promise<unknown>; fail(error: Error): void },
  logger: Logger,
): void {
  scope.active = true;
  void engine.stopped.then(processFailures.listen({ logger, stop: (error) => engine.fail(error) }));
}
