import type { RegisteredFunction } from '../../functions/function-registry.ts';
import type { RemoteFunction } from '../../functions/remote/remote-function.ts';
import type { Located } from '../../functions/located.ts';
import type { Address } from '../../shared/address.ts';
import { Activation, type Executor } from './activation.ts';
import type { EngineLimits } from './limits.ts';

/** Addresses checked in one sweep, besides two for each new address since the last sweep. Bounds the pause when few of them can go. */
const sweepMax = 2_000;

/** What handles the messages of addresses. */
export interface FunctionsOfAddresses {
  /** Returns undefined for a type that nothing handles. */
  find(type: string): RegisteredFunction | RemoteFunction | undefined;
  executorOf(registered: RegisteredFunction | RemoteFunction): Executor;
}

/**
 * Keeps the addresses in memory, within a budget of addresses and bytes.
 *
 * Second-chance eviction: a sweep removes addresses that have handled nothing since the sweep before, and drops the texts of the others' values. Addresses with messages, unsaved changes
 * or a running handler stay, so the budget can be exceeded for a moment; back-pressure on the ingress limits the excess.
 */
export class LiveAddresses {
  readonly #functions: FunctionsOfAddresses;
  readonly #limits: EngineLimits;
  readonly #byType = new Map<string, Map<string, Activation>>();
  readonly #all = new Set<Activation>();
  #bytes = 0;
  /** Addresses created since the last sweep. */
  #created = 0;

  constructor(functions: FunctionsOfAddresses, limits: EngineLimits) {
    this.#functions = functions;
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  find(address: Address): Activation | undefined {
    return this.#byType.get(address.type)?.get(address.id);
  }

  /** Returns the activation of an address and creates it if needed. Returns undefined when nothing handles its type. */
  ensure(address: Address): Activation | undefined {
    const found = this.find(address);
    if (found !== undefined) return found;
    const registered = this.#functions.find(address.type);
    if (registered === undefined) return undefined;
    const activation = new Activation(address, registered, this.#functions.executorOf(registered));
    let ofType = this.#byType.get(address.type);
    if (ofType === undefined) this.#byType.set(address.type, (ofType = new Map<string, Activation>()));
    ofType.set(address.id, activation);
    this.#all.add(activation);
    this.#created += 1;
    return activation;
  }

  /** Finds an address for those that send to it again and again. */
  locate(address: Address): Located {
    return this.ensure(address)?.location ?? { address, live: false };
  }

  [Symbol.iterator](): IterableIterator<Activation> {
    return this.#all.values();
  }

  /** Updates the byte count of an activation. */
  recount(activation: Activation): void {
    const bytes = activation.held?.bytes ?? 0;
    this.#bytes += bytes - activation.countedBytes;
    activation.countedBytes = bytes;
  }

  /** Removes idle addresses while the budget is exceeded. */
  sweep(): void {
    // A new address is passed over once, so fewer than two checks for each new address would never catch up.
    let left = sweepMax + 2 * this.#created;
    this.#created = 0;
    for (const activation of this.#all) {
      if ((this.#all.size <= this.#limits.liveAddressesMax && this.#bytes <= this.#limits.liveStateBytesMax) || left-- === 0) return;
      // An address that stays goes to the back, so the next sweep checks others.
      this.#all.delete(activation);
      if (activation.recent || !activation.evictable) {
        activation.recent = false;
        activation.state?.dropTexts();
        this.recount(activation);
        this.#all.add(activation);
      } else {
        this.#bytes -= activation.countedBytes;
        this.#byType.get(activation.address.type)?.delete(activation.address.id);
        activation.evicted();
      }
    }
  }
}
