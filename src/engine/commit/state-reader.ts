import type { FunctionRegistry } from '../../functions/function-registry.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { isThenable } from '../../shared/thenable.ts';
import { AddressState } from '../../state/address-state.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import type { Store } from '../../storage/store.ts';
import { stateCollection, type Activation } from '../partition/activation.ts';
import type { LiveAddresses } from '../partition/live-addresses.ts';
import { RemoteState } from '../partition/remote/remote-state.ts';
import type { RemoteTypes } from '../partition/remote/remote-types.ts';

export interface StateReaderOptions {
  readonly store: Store;
  readonly functions: FunctionRegistry;
  /** Called with entries that `read` could not return at once. */
  readonly loaded: (activation: Activation, entries: readonly StateEntry[]) => void;
  readonly failed: (error: Error) => void;
}

/** Reads the state of addresses from the store, for the partition and for inspection. */
export class StateReader {
  readonly #options: StateReaderOptions;

  constructor(options: StateReaderOptions) {
    this.#options = options;
  }

  /** Returns the entries, or undefined when they have to be read from disk: then `loaded` is called later. */
  read(activation: Activation): readonly StateEntry[] | undefined {
    const { store, loaded, failed } = this.#options;
    const entries = store.load(activation.collection);
    if (!isThenable(entries)) return entries;
    entries.then(
      (read) => loaded(activation, read),
      (cause: unknown) => {
        const where = formatAddress(activation.address);
        failed(new StatefunError('STATE_READ_FAILED', `the state of ${where} cannot be read: ${toError(cause).message}`, { cause }));
      },
    );
    return undefined;
  }

  /** Returns the state by cell name, as the last successful invocation left it; empty when there is none. Throws UNKNOWN_FUNCTION. */
  async snapshot(address: Address, live: LiveAddresses, remoteTypes: RemoteTypes): Promise<Record<string, unknown>> {
    const { store, functions } = this.#options;
    const held = live.find(address)?.held;
    if (held !== undefined) return held.snapshot();
    const registered = functions.find(address.type);
    if (registered === undefined) throw functions.unknown(address.type, 'asked for its state');
    const entries = await store.load(stateCollection(address));
    if (registered.kind === 'class') return new AddressState(registered.cells, entries).snapshot();
    return new RemoteState(remoteTypes.ensure(address.type).states, entries).snapshot();
  }
}
