import type { LogFields, Logger, LogSeverity } from '../../shared/logger.ts';
import { standardError } from '../../shared/standard-streams.ts';

/** The level of a logger: it writes lines of this level and above. */
export type LogLevel = LogSeverity | 'silent';

/** The levels, from most lines to none. */
export const logLevels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Returns the level that a text names; `info` for any other text. */
export function levelOf(text: string | undefined): LogLevel {
  return logLevels.find((level) => level === text?.toLowerCase()) ?? 'info';
}

/** The name of the logger that every other logger inherits its level from. */
export const rootLoggerName = 'root';

/** A logger and its level. */
export interface LoggerLevel {
  /** The name, for example `root`, `engine` or `functions.shop/cart`. */
  readonly name: string;
  /** The level set for this name; undefined if the level is inherited. */
  readonly configured: LogLevel | undefined;
  /** The effective level: the logger's own level, or that of the nearest parent name that has one. */
  readonly level: LogLevel;
}

/** A level as a number, to be compared for each line. */
interface Threshold {
  value: number;
}

/**
 * Loggers by name, with levels that can be changed at run time. Names are paths separated by dots and slashes: a level set for `functions` or
 * `functions.shop` applies to `functions.shop/cart`, unless that has its own level. Changes apply at once, also to loggers in use.
 */
export class Loggers {
  readonly #sink: Logger;
  readonly #configured = new Map<string, LogLevel>();
  readonly #thresholds = new Map<string, Threshold>();

  constructor(sink: Logger, level: LogLevel) {
    this.#sink = sink;
    this.#configured.set(rootLoggerName, level);
  }

  /** Number of lines that could not be written to standard error, because its reader has closed it or a disk is full. */
  get linesLost(): number {
    return standardError.linesLost;
  }

  /** Returns every logger that is in use or has a level, sorted by name, `root` first. */
  list(): readonly LoggerLevel[] {
    const names = new Set([...this.#configured.keys(), ...this.#thresholds.keys()]);
    names.delete(rootLoggerName);
    return [rootLoggerName, ...[...names].sort()].map((name) => ({
      name,
      configured: this.#configured.get(name),
      level: this.levelOf(name),
    }));
  }

  /** Sets the level of a name. With undefined the name inherits its level again, and `root` returns to `info`. */
  setLevel(name: string, level: LogLevel | undefined): void {
    if (level !== undefined && !logLevels.includes(level))
      throw new RangeError(`"${String(level)}" is not a log level: ${logLevels.join(', ')}.`);
    if (level !== undefined) this.#configured.set(name, level);
    else if (name === rootLoggerName) this.#configured.set(name, 'info');
    else this.#configured.delete(name);
    for (const [used, threshold] of this.#thresholds) threshold.value = this.#valueOf(used);
  }

  /** Returns the effective level of a name. */
  levelOf(name: string): LogLevel {
    for (let at: string | undefined = name; at !== undefined; at = nameAbove(at)) {
      const configured = this.#configured.get(at);
      if (configured !== undefined) return configured;
    }
    return this.#configured.get(rootLoggerName) ?? 'info';
  }

  /** Returns the logger of a name. */
  logger(name: string = rootLoggerName, fields: LogFields = {}): LeveledLogger {
    let threshold = this.#thresholds.get(name);
    if (threshold === undefined) this.#thresholds.set(name, (threshold = { value: this.#valueOf(name) }));
    return new LeveledLogger(this, this.#sink, name, threshold, fields);
  }

  #valueOf(name: string): number {
    return logLevels.indexOf(this.levelOf(name));
  }
}

/** Returns a logger whose levels can be set by name. A logger of another library gets every line until a level is set. */
export function withLevels(logger: Logger): LeveledLogger {
  return logger instanceof LeveledLogger ? logger : new Loggers(logger, 'debug').logger();
}

function nameAbove(name: string): string | undefined {
  const end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
  return end === -1 ? undefined : name.slice(0, end);
}

const [debug, info, warn, error] = [0, 1, 2, 3];

/** A logger with a level. A line below the level costs one comparison of numbers. */
export class LeveledLogger implements Logger {
  readonly loggers: Loggers;
  readonly #sink: Logger;
  readonly #name: string;
  readonly #threshold: Threshold;
  readonly #fields: LogFields;

  constructor(loggers: Loggers, sink: Logger, name: string, threshold: Threshold, fields: LogFields) {
    this.loggers = loggers;
    this.#sink = sink;
    this.#name = name;
    this.#threshold = threshold;
    this.#fields = fields;
  }

  debug(text: string, fields?: LogFields): void {
    if (debug >= this.#threshold.value) this.#sink.debug(text, this.#merged(fields));
  }

  info(text: string, fields?: LogFields): void {
    if (info >= this.#threshold.value) this.#sink.info(text, this.#merged(fields));
  }

  warn(text: string, fields?: LogFields): void {
    if (warn >= this.#threshold.value) this.#sink.warn(text, this.#merged(fields));
  }

  error(text: string, fields?: LogFields): void {
    if (error >= this.#threshold.value) this.#sink.error(text, this.#merged(fields));
  }

  child(fields: LogFields): Logger {
    return new LeveledLogger(this.loggers, this.#sink, this.#name, this.#threshold, { ...this.#fields, ...fields });
  }

  isEnabled(severity: LogSeverity): boolean {
    return logLevels.indexOf(severity) >= this.#threshold.value && (this.#sink.isEnabled?.(severity) ?? true);
  }

  named(name: string): Logger {
    return this.loggers.logger(name, this.#fields);
  }

  #merged(fields: LogFields | undefined): LogFields {
    return { ...(this.#name === rootLoggerName ? {} : { logger: this.#name }), ...this.#fields, ...fields };
  }
}
