import { delay, startTimer, type CancelTimer } from '../shared/time/timers.ts';

/** The time of checkpoints and leases. Tests move it by hand. */
export interface Pacing {
  /** Milliseconds on a clock that never goes back, the same on every thread of the process. It counts while the process is stopped. */
  elapsedMs(): number;
  /** Milliseconds since the epoch. It also counts while the machine sleeps, and can be set. */
  wallMs(): number;
  sleep(delayMs: number): Promise<void>;
  /** Calls back once after the delay, unless it is cancelled. */
  schedule(delayMs: number, callback: () => void): CancelTimer;
  /** Returns a number from 0 (included) to 1 (excluded). */
  random(): number;
}

/** The time of the machine. */
export const realPacing: Pacing = {
  elapsedMs: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
  wallMs: () => Date.now(),
  sleep: delay,
  schedule: startTimer,
  random: () => Math.random(),
};
