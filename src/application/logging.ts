import { pino, type Logger as PinoLogger } from 'pino';
import { StatefunError, toError } from '../shared/errors.ts';
import type { LogFields, Logger } from '../shared/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How lines are written. */
export interface LoggingOptions {
  /** @defaultValue `LOG_LEVEL`, else `'info'` */
  readonly level?: LogLevel;
  /** One JSON object a line for machines, or a short line for people. @defaultValue `'json'` in production and where nobody watches */
  readonly format?: 'json' | 'text';
  /** Takes whole lines. @defaultValue the standard error of the process */
  readonly write?: (line: string) => void;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** A logger for an application: JSON lines, or readable ones on a terminal, to standard error, so that standard output stays the application's. */
export function createLogger(options: LoggingOptions = {}): Logger {
  const level = options.level ?? levelOf(process.env['LOG_LEVEL']);
  const watched = process.stderr.isTTY && process.env['NODE_ENV'] !== 'production';
  const format = options.format ?? (watched ? 'text' : 'json');
  const write = options.write ?? ((line: string): void => void process.stderr.write(line));
  const stream = { write: format === 'json' ? write : (line: string): void => write(toText(line, level === 'debug')) };
  // Process id and host name are what the surroundings of a process add by themselves.
  return new PinoBackedLogger(
    pino({ level, base: null, messageKey: 'text', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelField } }, stream),
  );
}

/** The level a text names; `info` for anything else. */
export function levelOf(text: string | undefined): LogLevel {
  return levels.find((level) => level === text?.toLowerCase()) ?? 'info';
}

class PinoBackedLogger implements Logger {
  readonly #pino: PinoLogger;

  constructor(backing: PinoLogger) {
    this.#pino = backing;
  }

  debug(text: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('debug')) this.#pino.debug(serializable(fields), text);
  }

  info(text: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('info')) this.#pino.info(serializable(fields), text);
  }

  warn(text: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('warn')) this.#pino.warn(serializable(fields), text);
  }

  error(text: string, fields?: LogFields): void {
    if (this.#pino.isLevelEnabled('error')) this.#pino.error(serializable(fields), text);
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

function serializable(fields: LogFields = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error || StatefunError.is(value) || key === 'error' ? toLoggedError(value, 0) : value,
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

/** `12:03:04.123 WARN  text key=value`, and what an error says on lines of its own. */
function toText(line: string, withStacks: boolean): string {
  // What comes in is what pino has just written for us.
  const { level, time, text, error, ...fields } = JSON.parse(line) as { level: string; time: string; text: string; error?: LoggedError };
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const first = `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${text}${pairs.join('')}\n`;
  return error === undefined ? first : `${first}${errorLines(error, withStacks)}`;
}

function errorLines({ code, message, hint, stack, cause }: LoggedError, withStacks: boolean): string {
  const head = `  ${code === undefined ? '' : `${code}: `}${message.replaceAll('\n', '\n  ')}\n`;
  const advice = hint === undefined ? '' : `  Hint: ${hint}\n`;
  const trace = withStacks && stack !== undefined ? `  ${stack.replaceAll('\n', '\n  ')}\n` : '';
  return `${head}${advice}${trace}${cause === undefined ? '' : `  Cause:\n${errorLines(cause, withStacks)}`}`;
}
