import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../src/shared/seeded-random.ts';

function drawn(seed: number, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

describe('SeededRandom', () => {
  // Computed with an implementation of mulberry32 in Python.
  it('returns the numbers of mulberry32', () => {
    expect(drawn(0, 3)).toEqual([0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]);
    expect(drawn(42, 3)).toEqual([0.6011037519201636, 0.44829055899754167, 0.8524657934904099]);
  });

  it('uses the lowest 32 bits of its seed', () => {
    expect(drawn(2 ** 32 + 42, 1)).toEqual(drawn(42, 1));
  });

  it('returns whole numbers below a bound, decisions and values by the same numbers', () => {
    expect(new SeededRandom(42).below(10)).toBe(6);
    expect(new SeededRandom(42).oneOf(['a', 'b', 'c'])).toBe('b');
    expect([new SeededRandom(42).chance(0.602), new SeededRandom(42).chance(0.601)]).toEqual([true, false]);
    expect([new SeededRandom(7).chance(1), new SeededRandom(7).chance(0)]).toEqual([true, false]);
  });

  it('has no value of an empty list to return', () => {
    expect(() => new SeededRandom(1).oneOf([])).toThrow(new RangeError('an empty list has no value to return.'));
  });
});
