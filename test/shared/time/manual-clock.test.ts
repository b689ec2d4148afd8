import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';

describe('ManualClock', () => {
  it('stands still until it is moved, and calls back in order of time, then of scheduling', () => {
    const clock = new ManualClock(1_000);
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(`${name}@${clock.now()}`);
    clock.schedule(1_020, note('late'));
    clock.schedule(1_010, note('first'));
    clock.schedule(1_010, note('second'));
    clock.schedule(900, note('overdue'));
    expect([clock.now(), clock.nextDueAt, calls]).toEqual([1_000, 900, []]);
    while (clock.step(1_015));
    expect(calls).toEqual(['overdue@1000', 'first@1010', 'second@1010']);
    expect([clock.now(), clock.nextDueAt]).toEqual([1_015, 1_020]);
  });

  it('does not call what was cancelled, nor anything twice, and never goes back', () => {
    const clock = new ManualClock(0);
    let calls = 0;
    const cancel = clock.schedule(5, () => (calls += 1));
    clock.schedule(6, () => (calls += 10));
    cancel();
    cancel();
    while (clock.step(100));
    expect([calls, clock.step(50), clock.now(), clock.nextDueAt]).toEqual([10, false, 100, undefined]);
  });

  it('calls what a callback schedules for the same time in a step of its own', () => {
    const clock = new ManualClock(0);
    const calls: number[] = [];
    clock.schedule(5, () => {
      calls.push(1);
      clock.schedule(5, () => calls.push(2));
    });
    clock.step(5);
    expect(calls).toEqual([1]);
    clock.step(5);
    expect(calls).toEqual([1, 2]);
  });
});
