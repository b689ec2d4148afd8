/** Where a record is. */
export interface RecordLocation {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** Where the newest record of every entry is, in memory. */
export class LogIndex {
  readonly #collections = new Map<string, Map<string, RecordLocation>>();
  #entries = 0;

  get entries(): number {
    return this.#entries;
  }

  set(collection: string, key: string, location: RecordLocation): void {
    let entries = this.#collections.get(collection);
    if (entries === undefined) this.#collections.set(collection, (entries = new Map<string, RecordLocation>()));
    const sizeBefore = entries.size;
    entries.set(key, location);
    this.#entries += entries.size - sizeBefore;
  }

  remove(collection: string, key: string): void {
    const entries = this.#collections.get(collection);
    if (entries?.delete(key) !== true) return;
    this.#entries -= 1;
    if (entries.size === 0) this.#collections.delete(collection);
  }

  /** The locations in a collection at this moment, or undefined when it has no entries. */
  locations(collection: string): ReadonlyMap<string, RecordLocation> | undefined {
    return this.#collections.get(collection);
  }

  collections(prefix: string): string[] {
    return Array.from(this.#collections.keys()).filter((name) => name.startsWith(prefix));
  }
}
