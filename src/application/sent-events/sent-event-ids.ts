import { hash } from 'node:crypto';

/** Events that are remembered: sent again while they are, they are recognised and not handled twice. */
export const sentEventsMax = 1_000;

/** Where an event that was sent is remembered: a partition of the ingress and its position, committed together with what the event leads to. */
export interface SentEventPlace {
  readonly partition: string;
  readonly position: string;
}

/**
 * The source and id of the last events that were sent, as positions of an ingress with so many partitions, used in turn:
 *
 *   partition                      position
 *   <number of the event % 1,000>  <number of the event>:<key>
 *
 * A committed place is the proof that its event is in the state; a crash before the commit leaves none.
 */
export class SentEventIds {
  readonly #numbers = new Map<string, number>();
  readonly #keys = new Map<number, string>();
  #number = 0;

  /** From what is committed. */
  restore(positions: ReadonlyMap<string, string>): void {
    const places = [...positions.values()].map((position) => {
      const colon = position.indexOf(':');
      return { number: Number(position.slice(0, colon)), key: position.slice(colon + 1) };
    });
    for (const { number, key } of places.sort((left, right) => left.number - right.number)) this.#remember(number, key);
  }

  has(key: string): boolean {
    return this.#numbers.has(key);
  }

  /** The place of the next event; the one that was there before is forgotten. */
  add(key: string): SentEventPlace {
    this.#remember(this.#number + 1, key);
    return { partition: String(this.#number % sentEventsMax), position: `${this.#number}:${key}` };
  }

  /** An event that was not taken. Its place stays empty. */
  forget(key: string): void {
    this.#numbers.delete(key);
  }

  #remember(number: number, key: string): void {
    const slot = number % sentEventsMax;
    const before = this.#keys.get(slot);
    if (before !== undefined && this.#numbers.get(before) === number - sentEventsMax) this.#numbers.delete(before);
    this.#keys.set(slot, key);
    this.#numbers.set(key, number);
    this.#number = number;
  }
}

/** What an event is recognised by: its source and id, as one short text. */
export function sentEventKey(source: string, id: string): string {
  // Preceded by its length, so that no two pairs give the same text.
  return hash('sha256', `${source.length}:${source}${id}`, 'hex').slice(0, 32);
}
