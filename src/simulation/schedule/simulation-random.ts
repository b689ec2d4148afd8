import { SeededRandom } from '../../shared/seeded-random.ts';

/** Creates the random numbers of a seed. Seeds are mixed first: one simulation uses many seeds at fixed distances, which must not be related. */
export function simulationRandom(seed: number): SeededRandom {
  return new SeededRandom(Math.imul(seed ^ (seed >>> 16), 0x45d9f3b));
}
