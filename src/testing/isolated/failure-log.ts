import { isError } from '../../shared/errors.ts';
import { namedLogger, type LogFields, type Logger } from '../../shared/logger.ts';

/** Passes lines on, and keeps the errors that the engine logs for failed attempts. */
export class FailureLog implements Logger {
  readonly #logger: Logger;
  #failures: Error[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The errors since the last `clear`. */
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

  /** Returns the child of the target: errors logged by handlers are not kept. */
  child(fields: LogFields): Logger {
    return this.#logger.child(fields);
  }

  named(name: string): Logger {
    return namedLogger(this.#logger, name);
  }
}
