import { pino, type Logger as PinoLogger } from 'pino';
import { isError, StatefunError, toError } from '../../shared/errors.ts';
import type { LogFields, Logger } from '../../shared/logger.ts';
import { printable } from '../../shared/text/printable.ts';
import { standardError } from '../../shared/standard-streams.ts';
import { levelOf, Loggers, rootLoggerName, type LogLevel } from './logging-levels.ts';

export type { LogLevel } from './logging-levels.ts';

/** Options of {@link createLogger}. */
export interface LoggingOptions {
  /** The level of the root logger. @defaultValue `LOG_LEVEL`, else `'info'` */
  readonly level?: LogLevel;
  /** Levels by logger name: `{ 'functions.shop': 'debug' }`. They can be changed while the application runs. */
  readonly levels?: Readonly<Record<string, LogLevel>>;
  /** One JSON object per line for machines, or short lines for people. @defaultValue `'json'` in production and without a terminal */
  readonly format?: 'json' | 'text';
  /** Writes a whole line. @defaultValue writes to standard error, and counts lines that fail in `Loggers.linesLost` */
  readonly write?: (line: string) => void;
}

/** Creates the logger of an application. It writes to standard error, so that standard output stays free for the application. */
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
  // No process id and host name: the environment of a process adds them.
  return new PinoBackedLogger(
    // Levels by name are checked before a line gets here.
    pino(
      { level: 'debug', base: null, messageKey: 'text', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelField } },
      stream,
    ),
  );
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

/** Names of the properties that every line has; a field of the same name would hide them. */
const ownNames: readonly string[] = ['level', 'time', 'text'];

function serializable(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      ownNames.includes(key) ? `${key}_` : key,
      isError(value) || key === 'error' ? toLoggedError(value, 0) : value,
    ]),
  );
}

/** Deepest cause that is written. Deeper ones add nothing, and a cause may contain itself. */
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

/** Returns a line such as `12:03:04.123 WARN  engine: text key=value`, followed by the lines of an error. */
function toText(line: string, withStacks: boolean): string {
  // Safe: pino has written the line.
  const { level, time, text, logger, error, ...fields } = JSON.parse(line) as TextLine;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  const name = logger === undefined ? '' : `${logger}: `;
  // Further lines are indented, so that no part of a text can look like a log line.
  const first = `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${name}${text.replaceAll('\n', '\n  ')}${pairs.join('')}\n`;
  return error === undefined ? first : `${first}${errorLines(error, withStacks)}`;
}

/** Returns the value of a field, in quotes if part of it could be read as another field. */
function fieldText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=\\]+$/.test(value) ? value : JSON.stringify(value);
}

function errorLines({ code, message, hint, stack, cause }: LoggedError, withStacks: boolean): string {
  const head = `  ${code === undefined ? '' : `${code}: `}${message.replaceAll('\n', '\n  ')}\n`;
  const advice = hint === undefined ? '' : `  Hint: ${hint}\n`;
  const trace = withStacks && stack !== undefined ? `  ${stack.replaceAll('\n', '\n  ')}\n` : '';
  return `${head}${advice}${trace}${cause === undefined ? '' : `  Cause:\n${errorLines(cause, withStacks)}`}`;
}
