import { ManualClock } from '../shared/time/manual-clock.ts';

/** A point in time: milliseconds since the epoch, ISO 8601, or a Date. */
export type PointInTime = number | string | Date;

/** Creates a manual clock at a time. @defaultValue the beginning of 2026 */
export function clockAt(now: PointInTime | undefined): ManualClock {
  if (now === undefined) return new ManualClock();
  const startMs = new Date(now).getTime();
  if (Number.isNaN(startMs)) throw new RangeError(`"${String(now)}" is not a point in time.`);
  return new ManualClock(startMs);
}
