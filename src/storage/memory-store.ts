import { toBytes, type Store, type StoreChange, type StoredValue, type StoreStats } from './store.ts';

/** A store that keeps everything in memory: for tests, `statefun play` and runs that may be lost. */
export class MemoryStore implements Store {
  readonly #collections = new Map<string, Map<string, Uint8Array>>();
  #commits = 0;
  #keys = 0;

  load(collection: string): readonly StoredValue[] {
    const values = this.#collections.get(collection);
    return values === undefined ? [] : Array.from(values, ([key, value]) => ({ key, value }));
  }

  /** Returns the names of all collections that start with the prefix. Only a memory store keeps names. */
  collections(prefix: string): readonly string[] {
    return [...this.#collections.keys()].filter((name) => name.startsWith(prefix));
  }

  commit(changes: readonly StoreChange[]): Promise<void> {
    for (const change of changes) this.#apply(change);
    this.#commits += 1;
    return Promise.resolve();
  }

  stats(): StoreStats {
    return { commits: this.#commits, bytes: 0, keys: this.#keys };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #apply({ collection, key, value }: StoreChange): void {
    let values = this.#collections.get(collection);
    const sizeBefore = values?.size ?? 0;
    if (value !== undefined) {
      if (values === undefined) this.#collections.set(collection, (values = new Map<string, Uint8Array>()));
      values.set(key, toBytes(value));
    } else if (values?.delete(key) === true && values.size === 0) {
      this.#collections.delete(collection);
    }
    this.#keys += (values?.size ?? 0) - sizeBefore;
  }
}
