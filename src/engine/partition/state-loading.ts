import type { Address } from '../../shared/address.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import type { Activation } from './activation.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { PartitionPorts } from './partition-ports.ts';

export interface StateLoadingParts {
  readonly mailboxes: Mailboxes;
  readonly ports: Pick<PartitionPorts, 'readState'>;
}

/** Loads the states of addresses into memory: for the next message, and ahead of time for those behind it. */
export class StateLoading {
  readonly #parts: StateLoadingParts;
  #reading = 0;

  constructor(parts: StateLoadingParts) {
    this.#parts = parts;
  }

  /** Number of states that are being read. */
  get reading(): number {
    return this.#reading;
  }

  /** Loads the state of an address. Returns false when it has to be read first. */
  read(activation: Activation, nowMs: number): boolean {
    const entries = this.#parts.ports.readState(activation);
    if (entries !== undefined) {
      this.#set(activation, entries, nowMs);
      return true;
    }
    activation.status = 'loading';
    this.#reading += 1;
    return false;
  }

  /** Reads the states that the messages behind the next one need, so that all are read at the same time. */
  readAhead(addressesMax: number, nowMs: number): void {
    for (const activation of this.#parts.mailboxes.ahead(addressesMax)) {
      if (activation.status === 'idle' && activation.held === undefined) this.read(activation, nowMs);
    }
  }

  /** Reads the state of an address for a message that has not arrived yet. */
  preload(target: Address, nowMs: number): void {
    const activation = this.#parts.mailboxes.addresses.ensure(target);
    if (activation?.status !== 'idle' || activation.held !== undefined) return;
    activation.recent = true;
    this.read(activation, nowMs);
  }

  /** Takes the entries of an address that have been read. */
  arrived(activation: Activation, entries: readonly StateEntry[], nowMs: number): void {
    this.#reading -= 1;
    activation.status = 'idle';
    this.#set(activation, entries, nowMs);
  }

  /** When the entries cannot be decoded, the message whose turn it is fails, and the entries stay as they are. */
  #set(activation: Activation, entries: readonly StateEntry[], nowMs: number): void {
    const { mailboxes } = this.#parts;
    const { executor } = activation;
    try {
      executor.load(activation, entries);
    } catch (error) {
      const message = mailboxes.first;
      // A message of the address whose turn comes later reads them again, and fails.
      if (message?.activation !== activation) return;
      mailboxes.take(message);
      executor.unreadable(activation, message, error, nowMs);
      return;
    }
    mailboxes.addresses.recount(activation);
  }
}
