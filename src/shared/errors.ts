import { types } from 'node:util';
import { errorRegistry, type ErrorCode, type ErrorOutcome } from './error-registry.ts';

const brand = Symbol.for('statefun.error');

/** Facts about an error, as fields, so that nobody has to parse its text. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

export interface StatefunErrorOptions {
  /** Values the text mentions, for programs. */
  readonly facts?: ErrorFacts;
  /** What to do next, where the hint of the registry can be made more precise. */
  readonly hint?: string;
  /** What caused it. */
  readonly cause?: unknown;
}

/**
 * An error a user can meet: a stable `code`, what happened, and what to do next.
 *
 * `outcome` says what the system does about it: `retry` (trying again can help), `give-up` (it cannot: dead letter or refusal) or
 * `stop` (the engine or the start of the application stops). Every code is listed in docs/errors.md.
 */
export class StatefunError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly facts: ErrorFacts;
  readonly outcome: ErrorOutcome;
  /** The text without code and hint. */
  readonly summary: string;

  constructor(code: ErrorCode, summary: string, options: StatefunErrorOptions = {}) {
    const entry = errorRegistry[code];
    const hint = options.hint ?? entry.hint;
    super(`${code}: ${summary}\n  Hint: ${hint}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StatefunError';
    this.code = code;
    this.hint = hint;
    this.facts = options.facts ?? {};
    this.outcome = entry.outcome;
    this.summary = summary;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether a value is an error of this framework, also when two copies of the package are loaded. */
  static is(value: unknown): value is StatefunError {
    try {
      return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
    } catch {
      // A revoked proxy, or one whose trap throws, is none of ours.
      return false;
    }
  }
}

/** Whether an error is ours and has the code. */
export function hasCode(error: unknown, code: ErrorCode): error is StatefunError {
  return StatefunError.is(error) && error.code === code;
}

/**
 * What was thrown, as an Error whose name, message, stack, cause and code can be read: handlers may throw anything, also proxies that are
 * revoked and errors whose properties throw.
 */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return isReadable(thrown) ? thrown : new Error(unreadableError(thrown));
  return new Error(typeof thrown === 'string' ? thrown : `a value that is not an Error was thrown: ${describe(thrown)}`);
}

/** Whether a value is an Error; unlike instanceof, also one of another realm, such as those of the system under a test runner. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}

/** A proxy is never trusted: it can answer once and throw the next time. */
function isReadable(error: Error): boolean {
  if (types.isProxy(error)) return false;
  try {
    const { name, message, stack, cause, code } = error as Partial<Record<'name' | 'message' | 'stack' | 'cause' | 'code', unknown>>;
    // The last two may be anything; reading them shows that they can be read.
    return [name, message, stack ?? '', typeof cause, typeof code].every((part) => typeof part === 'string');
  } catch {
    return false;
  }
}

function unreadableError(error: Error): string {
  try {
    // A message may be anything that a program puts there.
    const message: unknown = error.message;
    return typeof message === 'string' ? message : describe(message);
  } catch {
    return 'an Error was thrown that cannot be read';
  }
}

/** A short text for a value of unknown shape, for messages. Never throws. */
export function describe(value: unknown): string {
  try {
    return describeReadable(value);
  } catch {
    return `${typeof value === 'function' ? 'a function' : 'an object'} that cannot be read`;
  }
}

function describeReadable(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (typeof value === 'function') return typeof value.name !== 'string' || value.name === '' ? 'a function' : `function ${value.name}`;
  if (typeof value === 'object' && value !== null) {
    const name: unknown = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name;
    return typeof name !== 'string' || name === 'Object' ? 'an object' : `an instance of ${name}`;
  }
  return String(value);
}

/** An invariant of the framework broke: a bug, never repaired silently. */
export function assertInvariant(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`statefun invariant broken: ${invariant}. Please report this as a bug.`);
}
