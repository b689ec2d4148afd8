import { AsyncLocalStorage } from 'node:async_hooks';
import type { AttemptOrigin } from '../../functions/attempt-origin.ts';
import type { InvocationScope } from '../../functions/invocation-host.ts';
import { namedLogger, type LogFields, type Logger, type LogSeverity } from '../../shared/logger.ts';

/** One storage for the process: a failure that reaches the process can come from any of its applications. */
const origins = new AsyncLocalStorage<AttemptOrigin>();

/** Returns the attempt whose handler started the running code, directly or not. Undefined outside of handlers. */
export function currentOrigin(): AttemptOrigin | undefined {
  return origins.getStore();
}

/**
 * Ties everything that a handler starts to its attempt, for the lines of injected loggers and for unhandled failures.
 *
 * It costs 15 ns for each handler and 0.08 µs for each `await` of the whole process (measured on Node 20). So handlers run inside it only if
 * a logger is injected, or if the application handles such failures.
 */
export class InvocationLogScope implements InvocationScope {
  /** Whether handlers run inside the scope. */
  active = false;

  run<T>(origin: AttemptOrigin, handler: () => T): T {
    return origins.run(origin, handler);
  }

  /** The fields that the running handler adds to each line; undefined outside of handlers. */
  get fields(): LogFields | undefined {
    return currentOrigin()?.fields;
  }
}

/** A logger for services. Lines written during an invocation contain its address and message id. */
export class InvocationLogger implements Logger {
  readonly #logger: Logger;
  readonly #scope: InvocationLogScope;

  constructor(logger: Logger, scope: InvocationLogScope) {
    this.#logger = logger;
    this.#scope = scope;
  }

  debug(text: string, fields?: LogFields): void {
    if (this.isEnabled('debug')) this.#logger.debug(text, this.#merged(fields));
  }

  info(text: string, fields?: LogFields): void {
    if (this.isEnabled('info')) this.#logger.info(text, this.#merged(fields));
  }

  warn(text: string, fields?: LogFields): void {
    this.#logger.warn(text, this.#merged(fields));
  }

  error(text: string, fields?: LogFields): void {
    this.#logger.error(text, this.#merged(fields));
  }

  child(fields: LogFields): Logger {
    return new InvocationLogger(this.#logger.child(fields), this.#scope);
  }

  isEnabled(severity: LogSeverity): boolean {
    return this.#logger.isEnabled?.(severity) ?? true;
  }

  named(name: string): Logger {
    return new InvocationLogger(namedLogger(this.#logger, name), this.#scope);
  }

  #merged(fields: LogFields | undefined): LogFields {
    return { ...this.#scope.fields, ...fields };
  }
}
