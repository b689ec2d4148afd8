import { clearTimeout, setTimeout } from 'node:timers';

/** Cancels a timer; calling it again, or late, does nothing. */
export type CancelTimer = () => void;

/** The longest delay that Node's timers take, in milliseconds, about 24.8 days: they fire after 1 ms when given a longer one. */
export const timerMsMax = 2_147_483_647;

/** The two functions that timers are made of. */
export interface Timers {
  readonly setTimeout: (callback: () => void, delayMs: number) => NodeJS.Timeout;
  readonly clearTimeout: (timer: NodeJS.Timeout) => void;
}

/** Node's own, which the fake timers of a test runner do not reach. */
const nodeTimers: Timers = { setTimeout, clearTimeout };

/** Calls back once after the delay, however long it is, and never synchronously. The timer keeps the process alive. */
export function startTimer(delayMs: number, callback: () => void): CancelTimer {
  const dueMs = performance.now() + delayMs;
  return startTimerOf(() => dueMs - performance.now(), callback);
}

/** Calls back once when nothing is left of a time that is measured again whenever a timer of Node's has run out. */
export function startTimerOf(leftMs: () => number, callback: () => void, timers: Timers = nodeTimers): CancelTimer {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = leftMs();
    timer = timers.setTimeout(left > timerMsMax ? arm : callback, Math.min(Math.max(left, 0), timerMsMax));
  };
  arm();
  return () => timers.clearTimeout(timer);
}

/** Resolves after the delay, however long it is. */
export function delay(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(delayMs, resolve);
  });
}

/** Keeps the process alive until the answer is called. */
export function holdProcess(): CancelTimer {
  return startTimerOf(
    () => Number.POSITIVE_INFINITY,
    () => undefined,
  );
}
