import { pino, type Logger as PinoLogger } from 'pino';
import { isError, StatefunError, toError } from '../../shared/errors.ts';
import type { LogFields, Logger } from '../../shared/logger.ts';
import { printable } from '../../shared/text/printable.ts';
import { standardError } from '../../shared/standard-streams.ts';
import { Loggers, logLevels, rootLoggerName, type LogLevel } from './logging-levels.ts';

export type { LogLevel } from './logging-levels.ts';

/** How lines are written. */
export interface LoggingOptions {
  /** @defaultValue `LOG_LEVEL`, else `'info'` */
  readonly level?: LogLevel;
  /** Levels by name: `{ 'functions.shop': 'debug' }`. They can be changed while the application runs. */
  readonly levels?: Readonly<Record<string, LogLevel>>;
  /** One JSON object a line for machines, or a short line for people. @defaultValue `'json'` in production and where nobody watches */
  readonly format?: 'json' | 'text';
  /** Takes whole lines. @defaultValue the standard error of the process; lines that it does not take are counted, see `Loggers.linesLost` */
  readonly write?: (line: string) => void;
}

/** A logger for an application: JSON lines, or readable ones on a terminal, to standard error, so that standard output stays the application's. */
export function createLogger(options: LoggingOptions = {}): Logger {
  const loggers: Loggers = new Loggers(
    createPinoLogger(options, () => loggers.levelOf(rootLoggerName) === 'debug'),
    options.level ?? levelOf(process.env['LOG_LEVEL']),
  );
  for (const [name, level] of Object.entries(options.levels ?? {})) loggers.setLevel(name, level);
  return loggers.logger();
}

function createPinoLogger(options: LoggingOptions, withStacks: () => boolean): Logger {
  const watched = process.stderr.isTTY && process.env['NODE_ENV'] !== 'production';
  const format = options.format ?? (watched ? 'text' : 'json');
  const write = options.write ?? ((line: string): void => standardError.write(line));
  const stream = { write: (line: string): void => write(printable(format === 'json' ? line : toText(line, withStacks()))) };
  // Process id and host name are what the surroundings of a process add by themselves.
  return new PinoBackedLogger(
    // Which lines come this far is decided by name, before.
    pino(
      { level: 'debug', base: null, messageKey: 'text', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelField } },
      stream,
    ),
  );
}

/** The level a text names; `info` for anything else. */
export function levelOf(text: string | undefined): LogLevel {
  return logLevels.find((level) => level === text?.toLowerCase()) ?? 'info';
}

class PinoBackedLogger implements Logger {
  readonly #pino: PinoLogger;

  constructor(backing: PinoLogger) {
    this.#pino = backing;
  }

  debug(text: string, fields?: LogFields): void {
    this.#pino.debug(serializable(fields), text);
  }

  info(text: string, fields?: LogFields): void {
    this.#pino.info(serializable(fields), text);
  }

  warn(text: string, fields?: LogFields): void {
    this.#pino.warn(serializable(fields), text);
  }

  error(text: string, fields?: LogFields): void {
    this.#pino.error(serializable(fields), text);
  }

  child(fields: LogFields): Logger {
    return new PinoBackedLogger(this.#pino.child(serializable(fields)));
  }
}

interface LoggedError {
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** What every line has by itself; a field of the same name would hide it. */
const ownNames: readonly string[] = ['level', 'time', 'text'];

function serializable(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      ownNames.includes(key) ? `${key}_` : key,
      isError(value) || key === 'error' ? toLoggedError(value, 0) : value,
    ]),
  );
}

/** Causes deeper than this say nothing more; one could also be its own cause. */
const causeDepthMax = 5;

function toLoggedError(thrown: unknown, depth: number): LoggedError {
  const error = toError(thrown);
  const cause = error.cause === undefined || depth >= causeDepthMax ? {} : { cause: toLoggedError(error.cause, depth + 1) };
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  if (StatefunError.is(error)) return { code: error.code, message: error.summary, hint: error.hint, ...stack, ...cause };
  const code: unknown = (error as { code?: unknown }).code;
  return { ...(typeof code === 'string' ? { code } : {}), message: error.message, ...stack, ...cause };
}

function levelField(label: string): { level: string } {
  return { level: label };
}

interface TextLine {
  readonly level: string;
  readonly time: string;
  readonly text: string;
  readonly logger?: string;
  readonly error?: LoggedError;
}

/** `12:03:04.123 WARN  engine: text key=value`, and what an error says on lines of its own. */
function toText(line: string, withStacks: boolean): string {
  // What comes in is what pino has just written for us.
  const { level, time, text, logger, error, ...fields } = JSON.parse(line) as TextLine;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  const name = logger === undefined ? '' : `${logger}: `;
  // What is below the first line is indented, so that nothing inside a text can look like a line of its own.
  const first = `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${name}${text.replaceAll('\n', '\n  ')}${pairs.join('')}\n`;
  return error === undefined ? first : `${first}${errorLines(error, withStacks)}`;
}

/** A text in which something could be taken for another field, or for its end, stands in quotes. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=\\]+$/.test(value) ? value : JSON.stringify(value);
}

function errorLines({ code, message, hint, stack, cause }: LoggedError, withStacks: boolean): string {
  const head = `  ${code === undefined ? '' : `${code}: `}${message.replaceAll('\n', '\n  ')}\n`;
  const advice = hint === undefined ? '' : `  Hint: ${hint}\n`;
  const trace = withStacks && stack !== undefined ? `  ${stack.replaceAll('\n', '\n  ')}\n` : '';
  return `${head}${advice}${trace}${cause === undefined ? '' : `  Cause:\n${errorLines(cause, withStacks)}`}`;
}
