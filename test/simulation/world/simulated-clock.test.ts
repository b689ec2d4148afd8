import { describe, expect, it } from '@jest/globals';
import { SimulatedClock } from '../../../src/simulation/world/simulated-clock.ts';

describe('SimulatedClock', () => {
  it('calls back in the order of due times, then in that of asking', () => {
    const clock = new SimulatedClock();
    clock.restart(100);
    const called: string[] = [];
    clock.schedule(120, () => called.push(`b at ${clock.now()}`));
    clock.schedule(110, () => called.push(`a at ${clock.now()}`));
    clock.schedule(120, () => called.push(`c at ${clock.now()}`));

    for (let step = 0; step < 4; step += 1) clock.step();

    expect(called).toEqual(['a at 110', 'b at 120', 'c at 120']);
  });

  it('goes back, and calls late what is due already', () => {
    const clock = new SimulatedClock();
    clock.restart(1_000);
    const called: number[] = [];
    clock.schedule(1_500, () => called.push(clock.now()));

    clock.jump(-400);
    expect([clock.now(), clock.latest]).toEqual([600, 1_000]);
    clock.jump(2_000);
    clock.step();

    expect(called).toEqual([2_600]);
  });

  it('forgets what was cancelled, and with a process everything', () => {
    const clock = new SimulatedClock();
    clock.restart(0);
    const cancel = clock.schedule(5, () => undefined);
    clock.schedule(9, () => undefined);

    cancel();
    cancel();
    expect(clock.nextDueAt).toBe(9);
    clock.forget();
    expect(clock.nextDueAt).toBeUndefined();
  });
});
