import type { Entry } from './entry.ts';
import { Slot } from './slot.ts';

/** Most entries of a table without a map. Comparing the hashes of a few keys costs less than a look-up, and an array takes less memory. */
const listMax = 8;

/**
 * A slot with entries by key, in the order of their stamps.
 *
 * A small table is an array in that order. A larger one is a map, which has that order except after loading and after an entry was put back: then
 * the next iteration restores it.
 */
export abstract class EntryTable<T> extends Slot<T> {
  /** Undefined once there is a map. */
  #list: Entry[] | undefined = [];
  #map: Map<string, Entry> | undefined;
  #isOrdered = true;
  #lastStamp = -1;

  get size(): number {
    return this.#list?.length ?? this.#map?.size ?? 0;
  }

  protected find(key: string): Entry | undefined {
    const list = this.#list;
    if (list === undefined) return this.#map?.get(key);
    if (list.length === 0) return undefined;
    const hash = hashOf(key);
    for (let index = 0; index < list.length; index++) {
      const entry = list[index];
      if (entry?.keyHash === hash && entry.key === key) return entry;
    }
    return undefined;
  }

  /** Adds an entry whose key the table does not have. */
  protected add(entry: Entry): void {
    const list = this.#list;
    if (list !== undefined && list.length < listMax) {
      let at = list.length;
      while (at > 0 && (list[at - 1]?.stamp ?? 0) > entry.stamp) at--;
      if (at === list.length) list.push(entry);
      else list.splice(at, 0, entry);
      return;
    }
    if (list !== undefined) this.#toMap(list);
    if (entry.stamp < this.#lastStamp) this.#isOrdered = false;
    else this.#lastStamp = entry.stamp;
    this.#map?.set(entry.key, entry);
  }

  protected delete(entry: Entry): void {
    const list = this.#list;
    if (list === undefined) this.#map?.delete(entry.key);
    else list.splice(list.indexOf(entry), 1);
  }

  /** The entries in order while the table is small; undefined for a larger one. */
  get list(): readonly Entry[] | undefined {
    return this.#list;
  }

  /** The entries of a larger table in order. */
  get map(): ReadonlyMap<string, Entry> {
    if (this.#map === undefined) return none;
    if (!this.#isOrdered) this.#toMap([...this.#map.values()].sort((left, right) => left.stamp - right.stamp));
    return this.#map;
  }

  /** `entries` are in order. */
  #toMap(entries: readonly Entry[]): void {
    this.#map = new Map(entries.map((entry) => [entry.key, entry]));
    this.#list = undefined;
    this.#isOrdered = true;
    this.#lastStamp = entries.at(-1)?.stamp ?? -1;
  }
}

const none: ReadonlyMap<string, Entry> = new Map();

/** Returns a hash of a key from its length, its first and its last characters. */
export function hashOf(key: string): number {
  const { length } = key;
  if (length < 8) {
    let hash = length;
    for (let index = 0; index < length; index++) hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0;
    return hash;
  }
  const first = key.charCodeAt(0) ^ (key.charCodeAt(1) << 7) ^ (key.charCodeAt(2) << 14) ^ (key.charCodeAt(3) << 21);
  return first ^ length ^ (key.charCodeAt(length - 1) << 4) ^ (key.charCodeAt(length - 2) << 11) ^ (key.charCodeAt(length - 3) << 18);
}
