import { describe, expect, it } from '@jest/globals';
import { lastingHeapBytesMax } from '../../src/engine/heap-size.ts';

const mebibyte = 1024 * 1024;

describe('The room for objects that stay', () => {
  // What Node 20.20 reports as `heap_size_limit` with these options: the old generation, and three semi-spaces.
  it.each([
    [64, 112, ['--max-old-space-size=64']],
    [256, 304, ['--max-old-space-size=256']],
    [64, 70, ['--max-old-space-size=64', '--max-semi-space-size=2']],
    [64, 70, ['--max_semi_space_size 2 --max-old-space-size=64']],
  ])('is the old generation, %i MiB of a limit of %i MiB with %j', (old, limit, options) => {
    expect(lastingHeapBytesMax(limit * mebibyte, options)).toBe(old * mebibyte);
  });

  it('is half of the limit at least', () => {
    expect(lastingHeapBytesMax(60 * mebibyte, [])).toBe(30 * mebibyte);
  });
});
