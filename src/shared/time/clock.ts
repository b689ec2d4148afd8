import { startTimerOf } from './timers.ts';

/** Cancels a scheduled callback. Calling it again, or after the callback, does nothing. */
export type Cancel = () => void;

/** A source of time. Only hosts choose one; functions use `context.now()`. */
export interface Clock {
  /** Returns the time in milliseconds since the epoch. */
  now(): number;
  /** Calls back once, at `dueAt` (milliseconds since the epoch) or later, and never synchronously. */
  schedule(dueAt: number, callback: () => void): Cancel;
}

/** The clock of the machine. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // A test runner fakes the global timers and `Date` together.
  schedule: (dueAt, callback) => startTimerOf(() => dueAt - Date.now(), callback, globalThis),
};
