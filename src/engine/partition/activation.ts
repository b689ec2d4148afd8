import type { RegisteredFunction } from '../../functions/function-registry.ts';
import type { Located } from '../../functions/located.ts';
import { Message } from '../../functions/message.ts';
import type { RemoteFunction } from '../../functions/remote/remote-function.ts';
import { formatAddress, type Address } from '../../shared/address.ts';
import type { Queue } from '../../shared/queue.ts';
import type { AddressState } from '../../state/address-state.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import type { AttemptFailure } from './attempt-failure.ts';
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

/** Leads to an address in memory, and to none after its eviction. Keeping a location does not keep the address in memory. */
export class Location implements Located {
  readonly address: Address;
  activation: Activation | undefined;

  constructor(activation: Activation) {
    this.address = activation.address;
    this.activation = activation;
  }

  get live(): boolean {
    return this.activation !== undefined;
  }
}

/** An address in memory: its state, and its messages while they cannot be handled in their turn. */
export class Activation {
  readonly address: Address;
  readonly function: RegisteredFunction | RemoteFunction;
  /** Handles its messages. */
  readonly executor: Executor;
  /** Messages that were passed over while it ran or waited, or, for a remote function, all that wait. Never empty. */
  mailbox: Queue<PendingMessage> | undefined;
  /** The number of its messages that are not handled yet, wherever they wait. */
  pending = 0;
  status: ActivationStatus = 'idle';
  /** Whether it is among the addresses whose mailbox is due. */
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
  #location: Location | undefined;

  constructor(address: Address, registered: RegisteredFunction | RemoteFunction, executor: Executor) {
    this.address = address;
    this.function = registered;
    this.executor = executor;
  }

  get location(): Location {
    return (this.#location ??= new Location(this));
  }

  /** Called when it leaves memory: nothing finds it any more. */
  evicted(): void {
    if (this.#location !== undefined) this.#location.activation = undefined;
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
    if (this.status !== 'idle' || this.pending > 0) return false;
    return this.state === undefined ? !this.committing && this.remoteState?.dirty !== true : this.state.durable;
  }
}

/** A message whose handling no commit has recorded yet. */
export class PendingMessage extends Message {
  /** Position in the order of the partition's messages; kept by a recovery. 0 until it is delivered. */
  sequence = 0;
  /** Its address in memory, from its delivery on. An address with messages stays in memory. */
  activation: Activation | undefined = undefined;
  /** The number of failed attempts. */
  attempts = 0;
  /** Earliest time of the next attempt, in milliseconds since the epoch. */
  retryAt: number | undefined = undefined;
  /** The failure of the last attempt. */
  failure: AttemptFailure | undefined = undefined;
  /** Whether a commit holds it. Then its handling must remove it from the store. */
  stored = false;
  handled = false;

  /** Returns the message itself if it is pending, or a pending copy. */
  static from(message: Message): PendingMessage {
    if (message instanceof PendingMessage) return message;
    const { target, caller, content, receivedAtMs, idBase, ordinal, request } = message;
    return new PendingMessage(target, caller, content, receivedAtMs, idBase, ordinal, request);
  }
}

/** Handles the messages of addresses: one for function classes, one for remote functions. */
export interface Executor {
  /** Whether it takes several messages of an address at a time. They then wait in the mailbox of the address from the start. */
  readonly batches: boolean;
  /** The number of runs that have not ended. */
  readonly running: number;
  /** The number of runs since the start. */
  readonly started: number;
  /** Called when a message has arrived in the mailbox of an address, by an executor that batches. */
  arrived(activation: Activation): void;
  /** Decodes the state of an address. Throws for entries that it cannot read. */
  load(activation: Activation, entries: readonly StateEntry[]): void;
  /** Ends the first message of an address whose state cannot be decoded. */
  unreadable(activation: Activation, message: PendingMessage, error: unknown, nowMs: number): void;
  /** Handles a message that was taken, with those behind it when it batches. */
  start(activation: Activation, message: PendingMessage, nowMs: number): void;
  /** Discards what runs at the address for one of the messages. Returns whether there was such a run. */
  drop(activation: Activation, messages: ReadonlySet<PendingMessage>): boolean;
  /** Discards all runs because the engine stops: they change nothing more, and their messages stay pending. */
  abandon(): void;
}

/** A batch of messages of one address, from its first attempt until it has a response or is given up. */
export interface RemoteCall {
  readonly messages: readonly PendingMessage[];
  /** End of the time budget; undefined until it starts. Time in which the other side is unavailable does not count. */
  budgetEndsAt: number | undefined;
  /** Due time of the next attempt. A delay by the engine does not count towards the budget. */
  dueAt: number | undefined;
  attempts: number;
  /** The number of responses that request states. */
  incompleteAnswers: number;
}

/** Returns the collection of the state of an address in the store. */
export function stateCollection(address: Address): string {
  return `state/${formatAddress(address)}`;
}
