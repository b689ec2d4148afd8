import type { LeaseGate } from '../../checkpoints/lease-gate.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { Store, StoreChange, StoredValue, StoreStats } from '../../storage/store.ts';

/** A store whose commits wait for the lease. */
export class LeasedStore implements Store {
  readonly #store: Store;
  readonly #gate: LeaseGate;

  constructor(store: Store, gate: LeaseGate) {
    this.#store = store;
    this.#gate = gate;
  }

  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]> {
    return this.#store.load(collection);
  }

  commit(changes: readonly StoreChange[]): Promise<void> {
    return this.#gate.open ? this.#store.commit(changes) : this.#gate.passed().then(() => this.#store.commit(changes));
  }

  stats(): StoreStats {
    return this.#store.stats();
  }

  close(): Promise<void> {
    // A commit that waits for the lease never begins.
    this.#gate.close(new StatefunError('ENGINE_STOPPED', 'the engine has stopped.'));
    return this.#store.close();
  }
}
