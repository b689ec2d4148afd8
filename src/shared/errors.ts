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
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }
}

/** Whether an error is ours and has the code. */
export function hasCode(error: unknown, code: ErrorCode): error is StatefunError {
  return StatefunError.is(error) && error.code === code;
}

/** What was thrown, as an Error: handlers may throw anything. */
export function toError(thrown: unknown): Error {
  // Unlike instanceof, also true for errors of another realm, such as those of the system under a test runner.
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : `a value that is not an Error was thrown: ${describe(thrown)}`);
}

/** A short text for a value of unknown shape, for messages. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
  if (typeof value === 'function') return value.name === '' ? 'a function' : `function ${value.name}`;
  if (typeof value === 'object' && value !== null) {
    const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name;
    return name === undefined || name === 'Object' ? 'an object' : `an instance of ${name}`;
  }
  return String(value);
}

/** An invariant of the framework broke: a bug, never repaired silently. */
export function assertInvariant(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`statefun invariant broken: ${invariant}. Please report this as a bug.`);
}
