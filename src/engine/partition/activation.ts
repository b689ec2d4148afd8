import type { RegisteredFunction } from '../../functions/function-registry.ts';
import type { RemoteFunction } from '../../functions/remote/remote-function.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import { Queue } from '../../shared/queue.ts';
import type { AddressState } from '../../state/address-state.ts';
import type { PendingMessage } from './pending-message.ts';
import type { RemoteCall } from './remote/remote-call.ts';
import type { RemoteState } from './remote/remote-state.ts';

/**
 * The status of an address.
 *
 * - `idle`: its next message can be handled;
 * - `loading`: its state is being read;
 * - `running`: an asynchronous handler has not settled, or a remote function has not answered;
 * - `waiting`: its first message failed and is tried again later, or its remote function has to be discovered first.
 */
export type ActivationStatus = 'idle' | 'loading' | 'running' | 'waiting';

/** The state of an address in memory, of a class or of a remote function. */
export interface HeldState {
  readonly dirty: boolean;
  readonly bytes: number;
  snapshot(): Record<string, unknown>;
}

/** An address in memory: its waiting messages and its state. */
export class Activation {
  readonly address: Address;
  readonly function: RegisteredFunction | RemoteFunction;
  readonly mailbox = new Queue<PendingMessage>();
  status: ActivationStatus = 'idle';
  /** Whether it is in the partition's queue of addresses with work. */
  scheduled = false;
  /** The state, for a class. */
  state: AddressState | undefined;
  /** The state, for a remote function. */
  remoteState: RemoteState | undefined;
  /** The current call of the remote function, until its messages are handled. */
  call: RemoteCall | undefined;
  /** The number of messages that are given to the remote function one by one, because a batch with them was given up. */
  singly = 0;
  /** Whether so many messages wait for the remote function that they count towards a budget of their own. */
  blocked = false;
  /** Whether the current commit holds changes of the state of the remote function; until it is durable the state must not be read from the store. */
  committing = false;
  /** Whether it has handled a message since the last sweep. */
  recent = true;
  /** Size of its state as counted in the memory budget, in bytes. */
  countedBytes = 0;
  #collection: string | undefined;

  constructor(address: Address, registered: RegisteredFunction | RemoteFunction) {
    this.address = address;
    this.function = registered;
  }

  /** Its state, once it is loaded. */
  get held(): HeldState | undefined {
    return this.state ?? this.remoteState;
  }

  /** The collection of its state in the store. */
  get collection(): string {
    return (this.#collection ??= stateCollection(this.address));
  }

  /** Whether it can leave memory without loss. */
  get evictable(): boolean {
    if (this.status !== 'idle' || this.mailbox.length > 0) return false;
    return this.state === undefined ? !this.committing && this.remoteState?.dirty !== true : this.state.durable;
  }
}

/** Returns the collection of the state of an address in the store. */
export function stateCollection(address: Address): string {
  return `state/${formatAddress(address)}`;
}
