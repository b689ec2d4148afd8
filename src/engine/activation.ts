import type { RegisteredFunction } from '../functions/registry.ts';
import { formatAddress, type Address } from '../shared/address.ts';
import { Queue } from '../shared/queue.ts';
import type { AddressState } from '../state/address-state.ts';
import type { PendingMessage } from './pending-message.ts';

/**
 * What an address is doing.
 *
 * - `idle`: its next message can be handled;
 * - `loading`: its state is being read;
 * - `running`: an asynchronous handler has not settled;
 * - `waiting`: its first message failed and is tried again later.
 */
export type ActivationStatus = 'idle' | 'loading' | 'running' | 'waiting';

/** An address in memory: its waiting messages, its state and the instance that handles them. */
export class Activation {
  readonly address: Address;
  readonly function: RegisteredFunction;
  readonly mailbox = new Queue<PendingMessage>();
  status: ActivationStatus = 'idle';
  /** It stands in the partition's queue of addresses with work. */
  scheduled = false;
  state: AddressState | undefined;
  instance: object | undefined;
  /** The commit under way holds changes of its state: the store must not be asked for it. */
  committing = false;
  /** It handled a message since the last sweep. */
  recent = true;
  /** What its state counts for in the memory budget, in bytes. */
  countedBytes = 0;
  #collection: string | undefined;

  constructor(address: Address, registered: RegisteredFunction) {
    this.address = address;
    this.function = registered;
  }

  /** Where its state lies in the store. */
  get collection(): string {
    return (this.#collection ??= stateCollection(this.address));
  }

  /** Whether it can leave memory without losing anything. */
  get evictable(): boolean {
    return this.status === 'idle' && this.mailbox.length === 0 && !this.committing && this.state?.dirty !== true;
  }
}

/** Where the state of an address lies in the store. */
export function stateCollection(address: Address): string {
  return `state/${formatAddress(address)}`;
}
