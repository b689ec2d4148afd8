import { StatefunError } from '../shared/errors.ts';
import { toMilliseconds } from '../shared/time/duration.ts';

/** Selects dead letters. A field that is left out matches every dead letter. */
export interface DeadLetterFilter {
  /** Code or class of the error. */
  readonly code?: string;
  /** Function type of a message, or egress of an egress record. */
  readonly type?: string;
  /** Type of the event. */
  readonly eventType?: string;
  /** Given up at `sinceMs` or later, and before `untilMs`, in milliseconds since the epoch. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** The fields of a dead letter that a filter compares. `at` is in ISO 8601. */
export interface FilteredLetter {
  readonly code: string;
  readonly errorClass?: string;
  readonly type?: string;
  readonly eventType?: string;
  readonly at: string;
}

export function isEmptyFilter(filter: DeadLetterFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** Whether the filter selects the dead letter. */
export function matchesFilter(letter: FilteredLetter, filter: DeadLetterFilter): boolean {
  const { code = letter.code, type, eventType, sinceMs = -Infinity, untilMs = Infinity } = filter;
  const at = Date.parse(letter.at);
  return (
    (letter.code === code || letter.errorClass === code) &&
    (type === undefined || letter.type === type) &&
    (eventType === undefined || letter.eventType === eventType) &&
    at >= sinceMs &&
    at < untilMs
  );
}

/** Parses a time in ISO 8601, or a duration such as `2h` before now. Returns milliseconds since the epoch. Throws INVALID_TIME. */
export function parseTime(text: string, nowMs: number): number {
  // A date begins with its year: `Date.parse` alone reads "5" as a month.
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  try {
    return nowMs - toMilliseconds(text);
  } catch (cause) {
    throw new StatefunError('INVALID_TIME', `${JSON.stringify(text)} is neither a time nor a duration.`, { facts: { text }, cause });
  }
}
