import type { FunctionRegistry } from '../../functions/function-registry.ts';
import type { Address } from '../../shared/address.ts';
import { Activation } from './activation.ts';
import type { EngineLimits } from './limits.ts';

/** LiveAddresses looked at in one sweep, beside two for each that is new since the last: bounds the pause when few of them can go. */
const sweepMax = 2_000;

/**
 * The addresses in memory, within a budget of addresses and bytes.
 *
 * Second-chance eviction: a sweep lets go of addresses that have handled nothing since the sweep before. Addresses with messages, unsaved
 * changes or a running handler stay, so the budget can be passed for a moment; back-pressure on the ingress bounds by how much.
 */
export class LiveAddresses {
  readonly #functions: FunctionRegistry;
  readonly #limits: EngineLimits;
  readonly #byType = new Map<string, Map<string, Activation>>();
  readonly #all = new Set<Activation>();
  #bytes = 0;
  /** Since the last sweep. */
  #created = 0;

  constructor(functions: FunctionRegistry, limits: EngineLimits) {
    this.#functions = functions;
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  find(address: Address): Activation | undefined {
    return this.#byType.get(address.type)?.get(address.id);
  }

  /** The activation of an address, made if needed; undefined when nothing handles its type. */
  ensure(address: Address): Activation | undefined {
    const found = this.find(address);
    if (found !== undefined) return found;
    const registered = this.#functions.find(address.type);
    if (registered === undefined) return undefined;
    const activation = new Activation(address, registered);
    let ofType = this.#byType.get(address.type);
    if (ofType === undefined) this.#byType.set(address.type, (ofType = new Map<string, Activation>()));
    ofType.set(address.id, activation);
    this.#all.add(activation);
    this.#created += 1;
    return activation;
  }

  /** Addresses that have not handled all their messages. */
  withMessages(): readonly Activation[] {
    return [...this.#all].filter(({ mailbox }) => mailbox.length > 0);
  }

  /** Brings the byte count of an activation up to date. */
  recount(activation: Activation): void {
    const bytes = activation.held?.bytes ?? 0;
    this.#bytes += bytes - activation.countedBytes;
    activation.countedBytes = bytes;
  }

  /** Lets go of idle addresses while the budget is passed. */
  sweep(): void {
    // A new one is passed over once, so whoever looks at fewer than two for each new one falls behind for ever.
    let left = sweepMax + 2 * this.#created;
    this.#created = 0;
    for (const activation of this.#all) {
      if ((this.#all.size <= this.#limits.liveAddressesMax && this.#bytes <= this.#limits.liveStateBytesMax) || left-- === 0) return;
      // Whoever stays goes to the back, so that the next sweep looks at others.
      this.#all.delete(activation);
      if (activation.recent || !activation.evictable) {
        activation.recent = false;
        this.#all.add(activation);
      } else {
        this.#bytes -= activation.countedBytes;
        this.#byType.get(activation.address.type)?.delete(activation.address.id);
      }
    }
  }
}
