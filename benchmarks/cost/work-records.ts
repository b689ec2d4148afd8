import { randomFrom } from '../random.ts';
import type { Row } from './rows.ts';
import { idOf } from './workload.ts';

/** A record for the memory ingress. */
export interface WorkRecord {
  readonly data: Buffer;
}

const seed = 20_261_128;
const zipfExponent = 0.99;
/** Scatters the addresses that are asked for most; it has no divisor in common with any number of addresses used. */
const rankStride = 7_919;
/** Addresses that one filling event gives their first state. */
const fillCount = 1_000;

/** The records of a row, the same at every run. */
export class WorkRecords {
  readonly #row: Row;
  readonly #random = randomFrom(seed);
  #number = 0;

  constructor(row: Row) {
    this.#row = row;
  }

  /** Events that give every address its first state and every table its entries, so that nothing is new later. */
  fill(): readonly WorkRecord[] {
    const { addresses, tableKeys } = this.#row;
    if (tableKeys > 0) {
      return Array.from({ length: addresses * tableKeys }, (_, index) =>
        this.#record('bench.cell', { id: idOf(index % addresses), text: '' }),
      );
    }
    return Array.from({ length: Math.ceil(addresses / fillCount) }, (_, index) => {
      const first = index * fillCount;
      return this.#record('bench.filled', { id: idOf(first), first, count: Math.min(fillCount, addresses - first) });
    });
  }

  take(count: number): readonly WorkRecord[] {
    return Array.from({ length: count }, () => this.#next());
  }

  #next(): WorkRecord {
    const { type, eventBytes } = this.#row;
    const index = this.#index();
    const data = type === 'bench.fan-out' ? { id: idOf(index), first: index, text: '' } : { id: idOf(index), text: '' };
    const empty = this.#text(type, data);
    const missing = Math.max(0, eventBytes - empty.length);
    // The text is the last field: `…"text":""}}`.
    this.#number += 1;
    return { data: Buffer.from(`${empty.slice(0, -3)}${'x'.repeat(missing)}"}}`) };
  }

  #record(type: string, data: object): WorkRecord {
    this.#number += 1;
    return { data: Buffer.from(this.#text(type, data)) };
  }

  /** As few attributes as an event may have: the smallest event of the table has 100 bytes. */
  #text(type: string, data: object): string {
    return JSON.stringify({ specversion: '1.0', id: String(this.#number), source: '/', type, data });
  }

  #index(): number {
    const { keys, addresses } = this.#row;
    switch (keys) {
      case 'one':
        return 0;
      case 'uniform':
        return Math.floor(this.#random() * addresses);
      case 'zipf':
        return (zipfRank(this.#random(), addresses) * rankStride) % addresses;
    }
  }
}

/** A rank below `count`, about as often as 1 / (rank + 1) ^ exponent, from a number in [0, 1): a table for 10 million ranks would be in the figures. */
export function zipfRank(random: number, count: number): number {
  const power = 1 - zipfExponent;
  return Math.min(count - 1, Math.floor((((count + 1) ** power - 1) * random + 1) ** (1 / power)) - 1);
}
