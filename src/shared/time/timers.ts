import { clearTimeout, setTimeout } from 'node:timers';

/** Cancels a timer. Calling it again, or after the timer has fired, does nothing. */
export type CancelTimer = () => void;

/** Longest delay of Node's timers, in milliseconds: about 24.8 days. With a longer one they fire after 1 ms. */
export const timerMsMax = 2_147_483_647;

/** The functions that start and stop timers. */
export interface Timers {
  readonly setTimeout: (callback: () => void, delayMs: number) => NodeJS.Timeout;
  readonly clearTimeout: (timer: NodeJS.Timeout) => void;
}

/** Node's own timers, which the fake timers of a test runner do not replace. */
const nodeTimers: Timers = { setTimeout, clearTimeout };

/** Calls back once after a delay of any length, and never synchronously. The timer keeps the process alive. */
export function startTimer(delayMs: number, callback: () => void): CancelTimer {
  const dueMs = performance.now() + delayMs;
  return startTimerOf(() => dueMs - performance.now(), callback);
}

/** Calls back once when `leftMs` returns 0 or less. It is called again after each of Node's timers, so the time can have any length. */
export function startTimerOf(leftMs: () => number, callback: () => void, timers: Timers = nodeTimers): CancelTimer {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = leftMs();
    timer = timers.setTimeout(left > timerMsMax ? arm : callback, Math.min(Math.max(left, 0), timerMsMax));
  };
  arm();
  return () => timers.clearTimeout(timer);
}

/** Resolves after a delay of any length. */
export function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(delayMs, resolve);
  });
}

/** Keeps the process alive until the returned function is called. */
export function holdProcess(): CancelTimer {
  return startTimerOf(
    () => Number.POSITIVE_INFINITY,
    () => undefined,
  );
}
