import type { Cancel, Clock } from '../shared/time/clock.ts';
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

/** A clock that can begin again: whoever was given it sees the new time, and what was scheduled is forgotten. */
export class RestartableClock implements Clock {
  #clock: ManualClock;

  constructor(now: PointInTime | undefined) {
    this.#clock = clockAt(now);
  }

  restart(now: PointInTime | undefined): void {
    this.#clock = clockAt(now);
  }

  now(): number {
    return this.#clock.now();
  }

  schedule(dueAt: number, callback: () => void): Cancel {
    return this.#clock.schedule(dueAt, callback);
  }

  get nextDueAt(): number | undefined {
    return this.#clock.nextDueAt;
  }

  step(untilMs: number): boolean {
    return this.#clock.step(untilMs);
  }
}
