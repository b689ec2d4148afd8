import { isError } from '../../shared/errors.ts';
import { namedLogger, type LogFields, type Logger } from '../../shared/logger.ts';

/** Passes lines on, and keeps the errors among the engine's own: it logs each attempt that failed, with what was thrown. */
export class FailureLog implements Logger {
  readonly #logger: Logger;
  #failures: Error[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** What was thrown since the last `clear`. */
  get failures(): readonly Error[] {
    return this.#failures;
  }

  clear(): void {
    this.#failures = [];
  }

  debug(text: string, fields?: LogFields): void {
    this.#logger.debug(text, fields);
  }

  info(text: string, fields?: LogFields): void {
    this.#logger.info(text, fields);
  }

  warn(text: string, fields?: LogFields): void {
    const error = fields?.['error'];
    if (isError(error)) this.#failures.push(error);
    this.#logger.warn(text, fields);
  }

  error(text: string, fields?: LogFields): void {
    this.#logger.error(text, fields);
  }

  /** What handlers log themselves is theirs. */
  child(fields: LogFields): Logger {
    return this.#logger.child(fields);
  }

  named(name: string): Logger {
    return namedLogger(this.#logger, name);
  }
}
