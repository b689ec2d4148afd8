import { randomFrom } from './random.ts';

export const valueBytes = 200;
export const commitKeys = 1_000;
const seed = 20_240_611;

/** Keys look like the entries of addresses: `bench/account/account-0000123`, one value each. */
export function idOf(index: number): string {
  return `account-${String(index).padStart(8, '0')}`;
}

/** Bytes of one key with its value, written as small as possible; the space of a store is compared with them. */
export const liveBytesPerKey = Buffer.byteLength(`state/bench/account/${idOf(0)}`) + Buffer.byteLength('v/value') + valueBytes;

/** Values that are created beforehand, so that only the store is measured. There are far more than a block of LevelDB holds: it would compress repetitions. */
const valuesMade = 20_000;

/** Texts like JSON state: words that repeat, and digits that do not, so that compression saves something and not too much. */
export class Values {
  readonly #made: readonly string[];
  #next = 0;

  constructor() {
    const random = randomFrom(seed);
    this.#made = Array.from({ length: valuesMade }, () => {
      let text = '{"title":"Product number 7","availability":"IN_STOCK","currency":"EUR","quantity":';
      while (text.length < valueBytes - 1) text += Math.floor(random() * 1e12).toString(36);
      return `${text.slice(0, valueBytes - 1)}}`;
    });
  }

  next(): string {
    this.#next = (this.#next + 1) % valuesMade;
    return this.#made[this.#next] ?? '';
  }
}

/** Indexes of keys, spread evenly. */
export function uniformIndexes(keys: number): () => number {
  const random = randomFrom(seed + 1);
  return () => Math.floor(random() * keys);
}
