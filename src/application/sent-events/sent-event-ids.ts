import { hash } from 'node:crypto';

/** Number of sent events that are remembered. A remembered event that is sent again is not handled again. */
export const sentEventsMax = 1_000;

/** The place that remembers a sent event: a position of the ingress, committed together with the effects of the event. */
export interface SentEventPlace {
  readonly partition: string;
  readonly position: string;
}

/**
 * Remembers the source and id of the last sent events, as positions of an ingress with {@link sentEventsMax} partitions, used in turn:
 *
 *   partition                      position
 *   <number of the event % 1,000>  <number of the event>:<key>
 *
 * A committed place proves that its event is in the state; a crash before the commit leaves no place.
 */
export class SentEventIds {
  readonly #numbers = new Map<string, number>();
  readonly #keys = new Map<number, string>();
  #number = 0;

  /** Restores the ids from committed positions. */
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

  /** Returns the place of the next event, and forgets the event that had it before. */
  add(key: string): SentEventPlace {
    this.#remember(this.#number + 1, key);
    return { partition: String(this.#number % sentEventsMax), position: `${this.#number}:${key}` };
  }

  /** Forgets an event that was not taken. Its place stays empty. */
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

/** Returns the key of an event: a hash of its source and id. */
export function sentEventKey(source: string, id: string): string {
  // The length of the source comes first, so that no two pairs give the same text.
  return hash('sha256', `${source.length}:${source}${id}`, 'hex').slice(0, 32);
}
