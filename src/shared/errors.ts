import { types } from 'node:util';
import { errorRegistry, type ErrorCode, type ErrorOutcome } from './error-registry.ts';

const brand = Symbol.for('statefun.error');

/** Values from the text of an error, as fields for programs. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/** What a StatefunError holds besides its code and summary. */
export interface StatefunErrorOptions {
  /** Values from the text, for programs. */
  readonly facts?: ErrorFacts;
  /** A more precise hint than that of the registry. */
  readonly hint?: string;
  /** The error or value that caused this error. */
  readonly cause?: unknown;
}

/**
 * An error for users: a stable `code`, a summary, and a hint about what to do next. docs/errors.md lists every code.
 *
 * `outcome` is the reaction of the system: `retry` (trying again can help), `give-up` (it cannot help: dead letter or refusal) or `stop` (the
 * engine, or the start of the application, stops).
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

  /** Returns whether a value is an error of this framework, of any loaded copy of the package. */
  static is(value: unknown): value is StatefunError {
    try {
      return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
    } catch {
      // A revoked proxy, or one whose trap throws, is not ours.
      return false;
    }
  }
}

/** Returns whether an error is a {@link StatefunError} with the code. */
export function hasCode(error: unknown, code: ErrorCode): error is StatefunError {
  return StatefunError.is(error) && error.code === code;
}

/**
 * Returns a thrown value as an Error whose name, message, stack, cause and code can be read. Handlers can throw any value, including revoked
 * proxies and errors whose properties throw.
 */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return isReadable(thrown) ? thrown : new Error(unreadableError(thrown));
  return new Error(typeof thrown === 'string' ? thrown : `a value that is not an Error was thrown: ${describe(thrown)}`);
}

/** Returns whether a value is an Error. Unlike `instanceof`, this includes errors of another realm, such as system errors under a test runner. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || types.isNativeError(value);
  } catch {
    return false;
  }
}

/** A proxy is never trusted: it can return a value once and throw the next time. */
function isReadable(error: Error): boolean {
  if (types.isProxy(error)) return false;
  try {
    const { name, message, stack, cause, code } = error as Partial<Record<'name' | 'message' | 'stack' | 'cause' | 'code', unknown>>;
    // `cause` and `code` can have any type; this only tests that they can be read.
    return [name, message, stack ?? '', typeof cause, typeof code].every((part) => typeof part === 'string');
  } catch {
    return false;
  }
}

function unreadableError(error: Error): string {
  try {
    // A program can assign any value to `message`.
    const message: unknown = error.message;
    return typeof message === 'string' ? message : describe(message);
  } catch {
    return 'an Error was thrown that cannot be read';
  }
}

/** Returns a short text for any value, for use in messages. Never throws. */
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

/** Throws when an invariant of the framework is broken. That is a bug, and never repaired silently. */
export function assertInvariant(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`statefun invariant broken: ${invariant}. Please report this as a bug.`);
}
