import { toMilliseconds, type Duration } from '../../shared/time/duration.ts';
import { StatefunError } from '../../shared/errors.ts';

/** Throws KINESIS_OPTION_INVALID if the value is not a number within the range. */
export function ensureInRange(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (value >= min && value <= max)) return;
  const range = max === Infinity ? `at least ${min}` : `between ${min} and ${max}`;
  throw new StatefunError('KINESIS_OPTION_INVALID', `${name} is ${value}, but must be ${range}.`, { facts: { [name]: value, min, max } });
}

/** Returns a duration in milliseconds. Throws INVALID_DURATION, and KINESIS_OPTION_INVALID for one that is too short. */
export function millisecondsFrom(minMs: number, name: string, duration: Duration): number {
  const ms = toMilliseconds(duration);
  ensureInRange(name, ms, minMs, Infinity);
  return ms;
}
