import { describe, expect, it } from '@jest/globals';
import { tortureOnce } from './torture-once.ts';

/** Another first seed, or more of them: `npm run test:disk` for thousands. */
const firstSeed = 20_261_126;
const seeds = 120;

describe('the log store on a disk that fails, fills up and is cut', () => {
  it('shows after every start what was committed, and nothing else (STORE-S1, STORE-S3)', async () => {
    const violations: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
      const violation = await tortureOnce(seed);
      if (violation !== undefined) violations.push(`seed ${seed} (npm run test:disk -- --seeds 1 --seed ${seed}): ${violation}`);
    }
    expect(violations).toEqual([]);
  });
});
