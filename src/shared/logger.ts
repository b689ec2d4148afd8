/** Fields of a log line. The field `error` takes any thrown value. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Severity of a log line, from least to most important. */
export type LogSeverity = 'debug' | 'info' | 'warn' | 'error';

/** Writes log lines. The application decides how; code that logs knows only this interface. */
export interface Logger {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  /** Returns a logger that adds the fields to every line. */
  child(fields: LogFields): Logger;
  /** Returns whether lines of the severity are written. Call it before work that only a log line needs. Without this method, all are. */
  isEnabled?(severity: LogSeverity): boolean;
  /** Returns the logger with the name, whose level can be set separately. It inherits from the names before each dot and slash. */
  named?(name: string): Logger;
}

/** Returns the logger with the name, or the given logger when it does not support names. */
export function namedLogger(logger: Logger, name: string): Logger {
  return logger.named?.(name) ?? logger;
}

/** Drops every line. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
  isEnabled: () => false,
};
