import { MemoryStore } from '../../src/storage/memory-store.ts';
import type { Store, StoreChange, StoredValue, StoreStats } from '../../src/storage/store.ts';

export interface CrashableStoreOptions {
  /** Turns of the event loop that a load or commit takes; a load of 0 answers at once. */
  readonly turns: () => number;
}

/** A store whose commits end when the test says so. At a crash the caller chooses whether the current commit is durable, as STORE-S3 allows. */
export class CrashableStore implements Store {
  readonly #options: CrashableStoreOptions;
  /** What a crash at this instant would leave. */
  readonly durable: MemoryStore;
  #underWay: readonly StoreChange[] | undefined;
  #crashed = false;

  constructor(options: CrashableStoreOptions, durable = new MemoryStore()) {
    this.#options = options;
    this.durable = durable;
  }

  /** What survives a crash now. Everything that was asked of this store stays unanswered. */
  async crash(options: CrashableStoreOptions, { keepsCommitUnderWay }: { readonly keepsCommitUnderWay: boolean }): Promise<CrashableStore> {
    this.#crashed = true;
    if (keepsCommitUnderWay && this.#underWay !== undefined) await this.durable.commit(this.#underWay);
    return new CrashableStore(options, this.durable);
  }

  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]> {
    const turns = this.#options.turns();
    if (turns === 0 && !this.#crashed) return this.durable.load(collection);
    return this.#after(turns, () => this.durable.load(collection));
  }

  commit(changes: readonly StoreChange[]): Promise<void> {
    if (this.#underWay !== undefined) return Promise.reject(new Error('a commit is already under way'));
    this.#underWay = changes;
    return this.#after(this.#options.turns(), () => {
      this.#underWay = undefined;
      void this.durable.commit(changes);
    });
  }

  stats(): StoreStats {
    return this.durable.stats();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #after<T>(turns: number, act: () => T): Promise<T> {
    return new Promise((resolve) => {
      const step = (left: number): void => {
        if (this.#crashed) return;
        if (left > 0) setImmediate(() => step(left - 1));
        else resolve(act());
      };
      setImmediate(() => step(turns));
    });
  }
}
