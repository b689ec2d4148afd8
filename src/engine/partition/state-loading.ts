import type { RegisteredFunction } from '../../functions/function-registry.ts';
import type { Address } from '../../shared/address.ts';
import { toError } from '../../shared/errors.ts';
import { AddressState } from '../../state/address-state.ts';
import type { StateEntry } from '../../state/state-entry.ts';
import type { Activation } from './activation.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { PartitionPorts } from './partition-ports.ts';
import { RemoteState } from './remote/remote-state.ts';
import type { RemoteTypes } from './remote/remote-types.ts';
import type { Settlement } from './settlement.ts';
import type { CommitGroup } from './commit-group.ts';

export interface StateLoadingParts {
  readonly mailboxes: Mailboxes;
  readonly remoteTypes: RemoteTypes;
  readonly settlement: Settlement;
  readonly group: CommitGroup;
  readonly ports: Pick<PartitionPorts, 'readState'>;
}

/** Loads the states of addresses into memory: for the next message, and ahead of time for those behind it. */
export class StateLoading {
  readonly #parts: StateLoadingParts;
  #underWay = 0;

  constructor(parts: StateLoadingParts) {
    this.#parts = parts;
  }

  /** The number of states that are being read. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Loads the state of an address. Returns false when it has to be read first. */
  read(activation: Activation, nowMs: number): boolean {
    const entries = this.#parts.ports.readState(activation);
    if (entries !== undefined) {
      this.#set(activation, entries, nowMs);
      return true;
    }
    activation.status = 'loading';
    this.#underWay += 1;
    return false;
  }

  /** Reads the states that the messages behind the next one need, so that all are read at the same time. */
  readAhead(addressesMax: number, nowMs: number): void {
    for (const activation of this.#parts.mailboxes.ready.some(addressesMax)) {
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
    this.#underWay -= 1;
    activation.status = 'idle';
    this.#set(activation, entries, nowMs);
  }

  /** When the entries cannot be decoded, the first message fails and the entries stay as they are. */
  #set(activation: Activation, entries: readonly StateEntry[], nowMs: number): void {
    const { mailboxes, remoteTypes, settlement } = this.#parts;
    const { function: registered, mailbox } = activation;
    try {
      if (registered.kind === 'class') activation.state = this.#stateOf(activation, registered, entries);
      else activation.remoteState = new RemoteState(remoteTypes.ensure(registered.type).states, entries);
    } catch (error) {
      const message = mailbox.peek();
      // The next message reads them again, and fails.
      if (message === undefined) return;
      if (registered.kind === 'class') settlement.failed(activation, message, undefined, error, nowMs);
      else settlement.giveUp(activation, message, registered.policy.onFailure, toError(error));
      return;
    }
    mailboxes.addresses.recount(activation);
  }

  #stateOf({ address, collection }: Activation, { cells }: RegisteredFunction, entries: readonly StateEntry[]): AddressState {
    return new AddressState(cells, entries, { address, collection, changes: this.#parts.group.state });
  }
}
