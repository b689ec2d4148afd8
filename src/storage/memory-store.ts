import { toBytes, type Store, type StoreChange, type StoredEntry, type StoreStats } from './store.ts';

/** A store that keeps everything in memory: for tests, `statefun play` and runs that may be lost. */
export class MemoryStore implements Store {
  readonly #collections = new Map<string, Map<string, Uint8Array>>();
  #commits = 0;
  #entries = 0;

  load(collection: string): readonly StoredEntry[] {
    const entries = this.#collections.get(collection);
    return entries === undefined ? [] : Array.from(entries, ([key, value]) => ({ key, value }));
  }

  /** The names of the collections that have entries and start with the prefix. Only a store in memory knows names. */
  collections(prefix: string): readonly string[] {
    return [...this.#collections.keys()].filter((name) => name.startsWith(prefix));
  }

  commit(changes: readonly StoreChange[]): Promise<void> {
    for (const change of changes) this.#apply(change);
    this.#commits += 1;
    return Promise.resolve();
  }

  stats(): StoreStats {
    return { commits: this.#commits, bytes: 0, entries: this.#entries };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #apply({ collection, key, value }: StoreChange): void {
    let entries = this.#collections.get(collection);
    const sizeBefore = entries?.size ?? 0;
    if (value !== undefined) {
      if (entries === undefined) this.#collections.set(collection, (entries = new Map<string, Uint8Array>()));
      entries.set(key, toBytes(value));
    } else if (entries?.delete(key) === true && entries.size === 0) {
      this.#collections.delete(collection);
    }
    this.#entries += (entries?.size ?? 0) - sizeBefore;
  }
}
