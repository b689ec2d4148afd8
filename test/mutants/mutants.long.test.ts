import { describe, expect, it } from '@jest/globals';
import { mutants } from './mutants.ts';
import { suites } from './suites.ts';

/** A run is a seed. Most mutants are caught by one of the first few; a few need some dozens. */
const runsMax = 100;

describe('a promise of the engine or the store that is broken', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('is noticed: %s', async (_, { apply, suite }) => {
    const undo = apply();
    try {
      expect(await suites[suite](runsMax)).toEqual({ what: expect.any(String), runs: expect.any(Number) });
    } finally {
      undo();
    }
  });

  it('is whole again afterwards', async () => {
    expect(await suites.simulation(3)).toBeUndefined();
    expect(await suites.disk(5)).toBeUndefined();
  });

  it('has a name of its own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });
});
