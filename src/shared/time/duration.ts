import { describe, StatefunError } from '../errors.ts';

/** A length of time: a number of milliseconds, or text such as `"250ms"`, `"5s"`, `"5 min"` or `"5m"`, `"1h"`, `"7d"`. */
export type Duration = number | string;

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Returns a duration in milliseconds. Throws INVALID_DURATION for a negative, infinite or unreadable one. */
export function toMilliseconds(duration: Duration): number {
  const match = typeof duration === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)\s*$/.exec(duration) : null;
  const value = match === null ? duration : Number(match[1]) * (unitsMs[match[2] ?? ''] ?? Number.NaN);
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new StatefunError('INVALID_DURATION', `${describe(duration)} is not a duration.`, { facts: { duration } });
}
