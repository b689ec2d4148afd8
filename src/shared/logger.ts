/** Fields of a log line; `error` takes what was thrown. */
export type LogFields = Readonly<Record<string, unknown>>;

/** How much a line matters, least first. */
export type LogSeverity = 'debug' | 'info' | 'warn' | 'error';

/** Where log lines go. The application decides how they are written; code that logs knows only this. */
export interface Logger {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  /** A logger that adds the fields to every line. */
  child(fields: LogFields): Logger;
  /** Whether lines of the severity are written: ask before working for one that is seldom. Left out: they are. */
  isEnabled?(severity: LogSeverity): boolean;
  /** The logger of the name, whose level can be set by itself; dots and slashes part the names it can inherit from. */
  named?(name: string): Logger;
}

/** The logger of the name; one that knows no names stands for all of them. */
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
