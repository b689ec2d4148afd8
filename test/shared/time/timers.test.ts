import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/shared/time/clock.ts';
import { holdProcess, startTimer, startTimerOf, timerMsMax, type Timers } from '../../../src/shared/time/timers.ts';

/** Timers that only the test lets run out. */
function manualTimers() {
  const started: { callback: () => void; delayMs: number; cancelled: boolean }[] = [];
  const timers: Timers = {
    setTimeout: (callback, delayMs) => {
      const timer = { callback, delayMs, cancelled: false };
      started.push(timer);
      return timer as unknown as NodeJS.Timeout; // Safe: it is only handed back to clearTimeout below.
    },
    clearTimeout: (timer) => void ((timer as unknown as { cancelled: boolean }).cancelled = true),
  };
  return { started, timers };
}

/** A timer of 5 ms runs out after one of 1 ms that was started before it: what a delay that is too long for Node becomes. */
const aFewMs = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

const aYearMs = 365 * 86_400_000;

describe('timers', () => {
  it('waits out a delay that is too long for one timer of Node in several, measuring again each time', () => {
    const { started, timers } = manualTimers();
    let [left, calls] = [2 * timerMsMax + 10, 0];
    startTimerOf(
      () => left,
      () => (calls += 1),
      timers,
    );
    for (left of [timerMsMax + 10, 4]) {
      started.at(-1)?.callback();
      expect(calls).toBe(0);
    }
    expect(started.map(({ delayMs }) => delayMs)).toEqual([timerMsMax, timerMsMax, 4]);
    started.at(-1)?.callback();
    expect(calls).toBe(1);
  });

  it('cancels the part that is running, and takes a time that has passed for none', () => {
    const { started, timers } = manualTimers();
    let left = timerMsMax + 1;
    const cancel = startTimerOf(
      () => left,
      () => undefined,
      timers,
    );
    left = -5;
    started[0]?.callback();
    cancel();
    expect(started.map(({ delayMs, cancelled }) => [delayMs, cancelled])).toEqual([
      [timerMsMax, false],
      [0, true],
    ]);
  });

  it.each<[string, (callback: () => void) => () => void]>([
    ['a timer', (callback) => startTimer(aYearMs, callback)],
    ['an endless timer', (callback) => startTimer(Number.POSITIVE_INFINITY, callback)],
    ['the clock', (callback) => systemClock.schedule(Date.now() + aYearMs, callback)],
  ])('does not let %s of a year run out at once', async (_what, start) => {
    let calls = 0;
    const cancel = start(() => (calls += 1));
    await aFewMs();
    cancel();
    expect(calls).toBe(0);
  });

  it('holds the process with a timer that can be let go', () => {
    const timersOf = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timersOf();
    const release = holdProcess();
    expect(timersOf()).toBe(before + 1);
    release();
    expect(timersOf()).toBe(before);
  });
});
