import { describe, expect, it } from '@jest/globals';
import { LatencyHistogram } from '../../../src/engine/egress/latency-histogram.ts';

describe('LatencyHistogram', () => {
  it('knows nothing before the first duration', () => {
    expect(new LatencyHistogram().percentile(0.5)).toBeUndefined();
  });

  it('tells percentiles to about 5 %', () => {
    const histogram = new LatencyHistogram();
    for (let ms = 1; ms <= 1_000; ms += 1) histogram.record(ms);
    for (const [fraction, ms] of [
      [0.5, 500],
      [0.99, 990],
      [1, 1_000],
    ] as const) {
      expect(histogram.percentile(fraction)).toBeGreaterThanOrEqual(ms);
      expect(histogram.percentile(fraction)).toBeLessThanOrEqual(ms * 1.06);
    }
    expect(histogram.percentile(0)).toBeLessThanOrEqual(1.06);
    expect(histogram.count).toBe(1_000);
  });

  it('takes durations of nothing and of years', () => {
    const histogram = new LatencyHistogram();
    histogram.record(0);
    histogram.record(1e12);
    expect(histogram.percentile(0.5)).toBeLessThanOrEqual(0.01);
    expect(histogram.percentile(1)).toBeGreaterThan(1e5);
  });
});
