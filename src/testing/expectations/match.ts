import { equalsWritten, jsonFormOf, written } from './state-values.ts';
import { countOf } from '../../shared/text/count-of.ts';

/** The first difference between a value and a pattern. */
export interface Mismatch {
  /** The path of the difference in JavaScript's notation: `data.items[0].price`. */
  readonly path: string;
  /** The difference, in words. */
  readonly text: string;
}

/**
 * Compares a JSON value with a pattern. Returns undefined if it matches.
 *
 * - An object in the pattern requires each of its properties; the value may have more.
 * - An array requires the same number of items, each matching its counterpart.
 * - `{ "$absent": true }` requires that there is no value; `{ "$exactly": value }` allows no further properties.
 * - A matcher of Jest, Vitest or Jasmine (`expect.any(String)`) is called.
 * - Anything else requires the same value. Values without a JSON form are written as `state-values.ts` describes.
 *
 * `path` is the name of the value in the result.
 */
export function findMismatch(actual: unknown, expected: unknown, path: string): Mismatch | undefined {
  if (isMatcher(expected)) return expected.asymmetricMatch(actual) ? undefined : different(actual, expected, path);
  if (isAbsent(expected)) return actual === undefined ? undefined : mismatch(path, `is ${show(actual)}, expected to be absent`);
  const exact = exactValue(expected);
  if (exact !== undefined) return compare(actual, exact.value, path, true);
  return compare(actual, expected, path, false);
}

/** Returns a value for a message: as JSON, shortened if it is long. */
export function show(value: unknown, lengthMax = 300): string {
  const text = value === undefined ? 'absent' : JSON.stringify(value, shownPart);
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

function shownPart(this: Readonly<Record<string, unknown>>, key: string, converted: unknown): unknown {
  // Jest and Vitest return the name of a matcher with its arguments.
  if (isMatcher(converted)) return converted.toAsymmetricMatcher?.() ?? String(converted);
  // Buffers are converted before they get here; the original value is still at its key.
  return this[key] instanceof Uint8Array ? written(this[key]) : written(converted);
}

interface Matcher {
  asymmetricMatch(actual: unknown): boolean;
  toAsymmetricMatcher?(): string;
  toString(): string;
}

/** Whether the pattern is a matcher, by the interface that test runners share. */
function isMatcher(pattern: unknown): pattern is Matcher {
  return isRecord(pattern) && typeof pattern['asymmetricMatch'] === 'function';
}

/** Whether the pattern requires that there is no value. */
export function isAbsent(pattern: unknown): boolean {
  return isRecord(pattern) && hasOnlyKey(pattern, '$absent') && pattern['$absent'] === true;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compare(actual: unknown, expected: unknown, path: string, exactly: boolean): Mismatch | undefined {
  const isEqual = equalsWritten(actual, expected);
  if (isEqual !== undefined) return isEqual ? undefined : different(actual, expected, path);
  const json = isRecord(actual) ? jsonFormOf(actual) : undefined;
  if (!isRecord(actual) || json === undefined) return comparePlain(actual, expected, path, exactly);
  // The fields of a message are compared directly; a Date has none.
  if (Object.keys(actual).length > 0 && comparePlain(actual, expected, path, exactly) === undefined) return undefined;
  return comparePlain(json, isRecord(expected) ? (jsonFormOf(expected) ?? expected) : expected, path, exactly);
}

function comparePlain(actual: unknown, expected: unknown, path: string, exactly: boolean): Mismatch | undefined {
  if (Array.isArray(expected))
    return Array.isArray(actual) ? compareArrays(actual, expected, path, exactly) : different(actual, expected, path);
  if (isRecord(expected)) return isRecord(actual) ? compareRecords(actual, expected, path, exactly) : different(actual, expected, path);
  return actual === expected ? undefined : different(actual, expected, path);
}

function compareArrays(actual: readonly unknown[], expected: readonly unknown[], path: string, exactly: boolean): Mismatch | undefined {
  if (actual.length !== expected.length) {
    return mismatch(path, `has ${countOf(actual.length, 'item')}, expected ${expected.length}: ${show(actual)}`);
  }
  return first(expected.keys(), (index) => compareNested(actual[index], expected[index], `${path}[${index}]`, exactly));
}

function compareRecords(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  path: string,
  exactly: boolean,
): Mismatch | undefined {
  const found = first(Object.keys(expected), (key) => compareNested(ownValue(actual, key), expected[key], pathOf(path, key), exactly));
  if (found !== undefined || !exactly) return found;
  const extra = Object.keys(actual).find((key) => actual[key] !== undefined && !Object.hasOwn(expected, key));
  return extra === undefined ? undefined : mismatch(pathOf(path, extra), `is ${show(actual[extra])}, expected to be absent`);
}

/** Compares within an object or array. Inside `$exactly` nothing has a special meaning, so that any value can be expected. */
function compareNested(actual: unknown, expected: unknown, path: string, exactly: boolean): Mismatch | undefined {
  return exactly ? compare(actual, expected, path, true) : findMismatch(actual, expected, path);
}

function exactValue(pattern: unknown): { readonly value: unknown } | undefined {
  return isRecord(pattern) && hasOnlyKey(pattern, '$exactly') ? { value: pattern['$exactly'] } : undefined;
}

function hasOnlyKey(record: Readonly<Record<string, unknown>>, key: string): boolean {
  const keys = Object.keys(record);
  return keys.length === 1 && keys[0] === key;
}

/** Returns an own property: inherited ones such as `constructor` are absent. */
function ownValue(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function pathOf(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function first<T>(items: Iterable<T>, find: (item: T) => Mismatch | undefined): Mismatch | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function different(actual: unknown, expected: unknown, path: string): Mismatch {
  return mismatch(path, `is ${show(actual)}, expected ${show(expected)}`);
}

function mismatch(path: string, text: string): Mismatch {
  return { path, text };
}
