import { describe, expect, it } from '@jest/globals';
import { backOffDelayMs } from '../../../src/shared/time/back-off.ts';

describe('back-off', () => {
  it('doubles the first wait after each further failure, up to the longest', () => {
    const delays = { firstMs: 100, maxMs: 1_000 };
    expect([1, 2, 3, 4, 5, 6].map((failures) => backOffDelayMs(delays, failures))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  it('stays at the longest wait, or at none, however many failures there were', () => {
    expect(backOffDelayMs({ firstMs: 1, maxMs: 10_000 }, Number.MAX_SAFE_INTEGER)).toBe(10_000);
    expect(backOffDelayMs({ firstMs: 0, maxMs: 10_000 }, Number.MAX_SAFE_INTEGER)).toBe(0);
  });
});
