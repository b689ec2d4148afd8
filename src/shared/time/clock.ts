import { startTimerOf } from './timers.ts';

/** Cancels what was scheduled; calling it again, or late, does nothing. */
export type Cancel = () => void;

/** Where time comes from. Only hosts choose one; functions see `context.now()`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once, not before `dueAt` (milliseconds since the epoch), never synchronously. */
  schedule(dueAt: number, callback: () => void): Cancel;
}

/** The clock of the machine. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  // The global timers belong to the same world as `Date`: a test runner fakes both or neither.
  schedule: (dueAt, callback) => startTimerOf(() => dueAt - Date.now(), callback, globalThis),
};
