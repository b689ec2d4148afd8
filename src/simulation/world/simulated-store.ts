import type { MemoryStore } from '../../storage/memory-store.ts';
import type { Store, StoreChange, StoredValue, StoreStats } from '../../storage/store.ts';

/** The steps of a commit: nothing is written yet, or everything is and the engine does not know. */
export type CommitStep = 'begun' | 'written';

interface RunningCommit {
  readonly changes: readonly StoreChange[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  step: CommitStep;
}

export interface SimulatedStoreOptions {
  /** What survives a crash. */
  readonly durable: MemoryStore;
  /** Whether a read has to wait for its result. */
  readonly readsLater: () => boolean;
  /** A commit has begun, and is now durable. */
  readonly begun: (number: number) => void;
  readonly written: () => void;
  /** The engine broke a rule of the store. */
  readonly violated: (detail: string) => void;
}

/** A store that the simulation steps. The invariants of the store port define the possible results of a commit. */
export class SimulatedStore implements Store {
  readonly #options: SimulatedStoreOptions;
  /** Reads that wait for their result. */
  readonly reads: { readonly collection: string; readonly answer: () => void }[] = [];
  #running: RunningCommit | undefined;
  #commits = 0;
  #dead = false;

  constructor(options: SimulatedStoreOptions) {
    this.#options = options;
  }

  get commitStep(): CommitStep | undefined {
    return this.#running?.step;
  }

  /** The number of the running commit in this run of the engine, from 1. */
  get commitNumber(): number {
    return this.#commits;
  }

  get changes(): readonly StoreChange[] {
    return this.#running?.changes ?? [];
  }

  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]> {
    const { durable, readsLater } = this.#options;
    if (!this.#dead && !readsLater()) return durable.load(collection);
    return new Promise((resolve) => {
      const read = {
        collection,
        answer: () => {
          this.reads.splice(this.reads.indexOf(read), 1);
          resolve(durable.load(collection));
        },
      };
      if (!this.#dead) this.reads.push(read);
    });
  }

  commit(changes: readonly StoreChange[]): Promise<void> {
    if (this.#dead) return new Promise(() => undefined);
    if (this.#running !== undefined) this.#options.violated('a commit begins while another one is running');
    this.#commits += 1;
    this.#options.begun(this.#commits);
    return new Promise((resolve, reject) => (this.#running = { changes, resolve, reject, step: 'begun' }));
  }

  /** Makes the changes durable. The engine does not know it yet. */
  write(): void {
    const running = this.#running;
    if (running?.step !== 'begun') return;
    running.step = 'written';
    // A memory store has applied the changes when the call returns.
    void this.#options.durable.commit(running.changes);
    this.#options.written();
  }

  /** Reports to the engine that the commit is durable. */
  acknowledge(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.resolve();
  }

  /** Makes the commit fail. The engine does not know whether it was written. */
  fail(): void {
    const running = this.#running;
    this.#running = undefined;
    running?.reject(new Error('the disk of the simulation has failed'));
  }

  /** Ends with the process: no call returns any more. */
  kill(): void {
    this.#dead = true;
    this.#running = undefined;
    this.reads.length = 0;
  }

  stats(): StoreStats {
    return this.#options.durable.stats();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
