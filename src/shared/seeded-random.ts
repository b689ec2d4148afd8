/**
 * Random numbers that depend only on a seed, for tests that can be repeated: print the seed, and give it again.
 *
 * ```ts
 * const random = new SeededRandom(7);
 * const quantity = 1 + random.below(10);
 * const product = random.oneOf(['socks', 'shoes']);
 * ```
 *
 * The same seed gives the same numbers in every version. They are not for secrets.
 */
export class SeededRandom {
  readonly #next: () => number;

  /** `seed` is a whole number; its lowest 32 bits count. */
  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  next(): number {
    return this.#next();
  }

  /** Returns a whole number from 0 (included) to the bound (excluded). */
  below(bound: number): number {
    return below(this.#next, bound);
  }

  /** Returns true with the given probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Returns one of the values. Throws a RangeError for an empty list. */
  oneOf<T>(values: readonly T[]): T {
    const index = this.below(values.length);
    if (index >= values.length) throw new RangeError('an empty list has no value to return.');
    // Safe: the index is below the length.
    return values[index] as T;
  }
}

/** Creates a generator of numbers from 0 (included) to 1 (excluded) that depend only on the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns a whole number from 0 (included) to the bound (excluded). */
export function below(random: () => number, bound: number): number {
  return Math.floor(random() * bound);
}
