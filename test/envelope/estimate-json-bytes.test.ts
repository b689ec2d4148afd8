import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { estimateJsonBytes } from '../../src/envelope/estimate-json-bytes.ts';

describe('estimateJsonBytes', () => {
  it('counts texts, names and separators of ASCII as JSON writes them, give or take the separators', () => {
    const text = fc.stringMatching(/^[a-z]{0,20}$/);
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, text, fc.array(tie('any')), fc.dictionary(text, tie('any'))),
    })).any;
    fc.assert(
      fc.property(value, (sample) => {
        const bytes = JSON.stringify(sample).length;
        const estimate = estimateJsonBytes(sample);
        expect(estimate).toBeGreaterThanOrEqual(bytes);
        // One separator too many in every array and object, each of which takes two bytes.
        expect(estimate).toBeLessThanOrEqual(bytes * 1.5);
      }),
      { seed: 20_268, numRuns: 300 },
    );
  });

  it('takes eight bytes for a number and five for a boolean', () => {
    expect(estimateJsonBytes([1, true, null])).toBe(2 + 9 + 6 + 5);
  });
});
