import type { Cancel, Clock } from './clock.ts';
import { startTimer } from './timers.ts';

/** Starts the timer of a deadline: calls back when the time is over, and returns a function that stops the timer. */
export type StartDeadline = (over: () => void) => Cancel;

/** When work is late, and what happens then. */
export interface DeadlineOptions<T> {
  readonly start: StartDeadline;
  /** Returns a result in place of the work's, or throws the error to reject with. */
  readonly late: () => T;
}

const isLate = Symbol('late');

/**
 * Starts the deadline, then the work, and waits for whichever ends first. Late work continues; its result or rejection is ignored.
 */
export async function beforeDeadline<T>(work: () => T | PromiseLike<T>, { start, late }: DeadlineOptions<T>): Promise<T> {
  let cancel = (): void => undefined;
  const deadline = new Promise<typeof isLate>((resolve) => (cancel = start(() => resolve(isLate))));
  try {
    const first = await Promise.race([work(), deadline]);
    return first === isLate ? late() : first;
  } finally {
    cancel();
  }
}

/** Returns a deadline on the clock, the given number of milliseconds after it is started. */
export function afterMs(clock: Clock, delayMs: number): StartDeadline {
  return (over) => clock.schedule(clock.now() + delayMs, over);
}

/** Returns whether the promise settles within the time. The time is real, for deadlines of the process. */
export function within(deadlineMs: number, promise: Promise<unknown>): Promise<boolean> {
  const start: StartDeadline = (over) => startTimer(deadlineMs, over);
  return beforeDeadline<boolean>(() => promise.then(() => true), { start, late: () => false });
}
