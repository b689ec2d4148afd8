import { describe, expect, it } from '@jest/globals';
import { toMilliseconds } from '../../../src/shared/time/duration.ts';

describe('toMilliseconds', () => {
  it.each([
    [0, 0],
    [1.5, 1.5],
    ['250ms', 250],
    ['5s', 5_000],
    ['2m', 120_000],
    ['5 min', 300_000],
    ['1.5h', 5_400_000],
    [' 7 d ', 604_800_000],
  ])('reads %p', (duration, ms) => {
    expect(toMilliseconds(duration)).toBe(ms);
  });

  it.each(['', '5', 's', '-1s', '5 weeks', '1e3ms', -1, Number.NaN, Number.POSITIVE_INFINITY, `${'9'.repeat(400)}d`])(
    'refuses %p',
    (duration) => {
      expect(() => toMilliseconds(duration)).toThrow('INVALID_DURATION');
    },
  );

  it('refuses what is neither number nor text', () => {
    for (const value of [undefined, null, {}, 5n]) expect(() => toMilliseconds(value as never)).toThrow('INVALID_DURATION');
  });
});
