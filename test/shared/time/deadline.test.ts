import { describe, expect, it } from '@jest/globals';
import { afterMs, beforeDeadline, within } from '../../../src/shared/time/deadline.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';

const never = new Promise<string>(() => undefined);
const aYearMs = 365 * 86_400_000;

describe('deadline', () => {
  it('returns the result of work that ends in time, and stops its timer', async () => {
    const clock = new ManualClock();
    const result = await beforeDeadline(() => Promise.resolve('done'), { start: afterMs(clock, 10), late: () => 'late' });
    expect(result).toBe('done');
    expect(clock.nextDueAt).toBeUndefined();
  });

  it('returns or throws what the deadline says when the work is late', async () => {
    const clock = new ManualClock();
    const start = afterMs(clock, 10);
    const returned = beforeDeadline(() => never, { start, late: () => 'late' });
    const thrown = beforeDeadline(() => never, {
      start,
      late: () => {
        throw new Error('too late');
      },
    });
    const rejects = expect(thrown).rejects.toThrow('too late');
    while (clock.step(clock.now() + 10)) continue;
    expect(await returned).toBe('late');
    await rejects;
  });

  it('starts the timer before the work, and stops it when the work throws', async () => {
    const clock = new ManualClock();
    const work = (): string => {
      expect(clock.nextDueAt).toBe(clock.now() + 10);
      throw new Error('failed');
    };
    await expect(beforeDeadline(work, { start: afterMs(clock, 10), late: () => 'late' })).rejects.toThrow('failed');
    expect(clock.nextDueAt).toBeUndefined();
  });

  it('gives a deadline of a year as long as it says', async () => {
    expect(await within(aYearMs, new Promise((resolve) => setTimeout(resolve, 5)))).toBe(true);
    expect(await within(0, never)).toBe(false);
  });
});
