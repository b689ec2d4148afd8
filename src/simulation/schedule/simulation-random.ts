import { below, seededRandom } from '../../shared/seeded-random.ts';

/** Random numbers that depend only on a seed. */
export class SimulationRandom {
  readonly #next: () => number;

  constructor(seed: number) {
    // Mixed, because neighbouring seeds would give related numbers.
    this.#next = seededRandom(Math.imul(seed ^ (seed >>> 16), 0x45d9f3b));
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  next(): number {
    return this.#next();
  }

  /** Returns a whole number from 0 (included) to the bound (excluded). */
  below(bound: number): number {
    return below(this.#next, bound);
  }

  /** Returns true with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Returns one of the values. Throws a RangeError for an empty list. */
  oneOf<T>(values: readonly T[]): T {
    const index = this.below(values.length);
    if (index >= values.length) throw new RangeError('one of no values was asked for.');
    // Safe: the index is below the length.
    return values[index] as T;
  }
}
