import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { CartEvents, type GeneratedEvent } from '../cart-events.ts';

/* The generated events as a file that every peer reads: length of the key (2 bytes), length of the event (4 bytes), key, CloudEvent as JSON; big endian. */

const headBytes = 6;
const eventsAtOnce = 10_000;

export interface EventAmounts {
  /** Number of carts, and of products. */
  readonly keys: number;
  /** Events after those that fill the carts. */
  readonly count: number;
}

/** Writes the events that fill the carts, then `count` more. Returns the number of those that fill. */
export function writeEventFile(path: string, { keys, count }: EventAmounts): number {
  const source = new CartEvents({ carts: keys, products: keys });
  const file = openSync(path, 'w');
  const fill = source.preload();
  writeAll(file, fill);
  for (let left = count; left > 0; left -= eventsAtOnce) writeAll(file, source.take(Math.min(left, eventsAtOnce)));
  closeSync(file);
  return fill.length;
}

function writeAll(file: number, events: readonly GeneratedEvent[]): void {
  const parts = events.flatMap(({ key, data }) => {
    const keyBytes = Buffer.from(key);
    const head = Buffer.alloc(headBytes);
    head.writeUInt16BE(keyBytes.length, 0);
    head.writeUInt32BE(data.length, 2);
    return [head, keyBytes, data];
  });
  writeSync(file, Buffer.concat(parts));
}

/** The events of a file. An event is made when it is asked for. */
export class EventFile {
  readonly #bytes: Buffer;
  readonly #positions: number[] = [];

  constructor(path: string) {
    this.#bytes = readFileSync(path);
    for (let position = 0; position < this.#bytes.length;) {
      this.#positions.push(position);
      position += headBytes + this.#bytes.readUInt16BE(position) + this.#bytes.readUInt32BE(position + 2);
    }
  }

  get count(): number {
    return this.#positions.length;
  }

  event(index: number): GeneratedEvent {
    const position = this.#positions[index];
    if (position === undefined) throw new Error(`there are ${this.count} events, and no event ${index}`);
    const start = position + headBytes + this.#bytes.readUInt16BE(position);
    const end = start + this.#bytes.readUInt32BE(position + 2);
    return { key: this.#bytes.toString('latin1', position + headBytes, start), data: this.#bytes.subarray(start, end) };
  }

  slice(from: number, to: number): readonly GeneratedEvent[] {
    return Array.from({ length: to - from }, (_, index) => this.event(from + index));
  }

  /** The ids of the carts in the first events, sorted. */
  cartIds(until: number): readonly string[] {
    const ids = new Set<string>();
    for (let index = 0; index < until; index += 1) {
      const { type, data } = JSON.parse(this.event(index).data.toString()) as { type: string; data: { cartId: string } };
      if (type === 'example.cart-product') ids.add(data.cartId);
    }
    return [...ids].sort();
  }
}
