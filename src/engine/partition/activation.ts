import type { RegisteredFunction } from '../../functions/function-registry.ts';
import type { RemoteFunction } from '../../functions/remote/remote-function.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { Queue } from '../../shared/queue.ts';
import type { AddressState } from '../../state/address-state.ts';
import type { StateChange } from '../../state/state-entry.ts';
import type { PendingMessage } from './pending-message.ts';
import type { RemoteCall } from './remote/remote-call.ts';
import type { RemoteState } from './remote/remote-state.ts';

/**
 * What an address is doing.
 *
 * - `idle`: its next message can be handled;
 * - `loading`: its state is being read;
 * - `running`: an asynchronous handler has not settled, or a remote function has not answered;
 * - `waiting`: its first message failed and is tried again later, or it waits for a remote function to be discovered.
 */
export type ActivationStatus = 'idle' | 'loading' | 'running' | 'waiting';

/** The state of an address in memory, whatever handles its messages. */
export interface HeldState {
  readonly dirty: boolean;
  readonly bytes: number;
  capture(): StateChange[];
  snapshot(): Record<string, unknown>;
}

/** An address in memory: its waiting messages and its state. */
export class Activation {
  readonly address: Address;
  readonly function: RegisteredFunction | RemoteFunction;
  readonly mailbox = new Queue<PendingMessage>();
  status: ActivationStatus = 'idle';
  /** It stands in the partition's queue of addresses with work. */
  scheduled = false;
  /** Of a class. */
  state: AddressState | undefined;
  /** Of a remote function. */
  remoteState: RemoteState | undefined;
  /** The messages a remote function is called with, until they are handled. */
  call: RemoteCall | undefined;
  /** So many messages are given to the remote function one by one: a batch with them was given up. */
  singly = 0;
  /** So many messages wait for the remote function that they count towards a budget of their own. */
  blocked = false;
  /** The commit under way holds changes of its state: the store must not be asked for it. */
  committing = false;
  /** It handled a message since the last sweep. */
  recent = true;
  /** What its state counts for in the memory budget, in bytes. */
  countedBytes = 0;
  #collection: string | undefined;

  constructor(address: Address, registered: RegisteredFunction | RemoteFunction) {
    this.address = address;
    this.function = registered;
  }

  /** Its state, once it is there. */
  get held(): HeldState | undefined {
    return this.state ?? this.remoteState;
  }

  /** Where its state lies in the store. */
  get collection(): string {
    return (this.#collection ??= stateCollection(this.address));
  }

  /** Whether it can leave memory without losing anything. */
  get evictable(): boolean {
    return this.status === 'idle' && this.mailbox.length === 0 && !this.committing && this.held?.dirty !== true;
  }
}

/** Where the state of an address lies in the store. */
export function stateCollection(address: Address): string {
  return `state/${formatAddress(address)}`;
}
