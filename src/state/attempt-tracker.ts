import type { Address } from '../shared/address.ts';
import { assertInvariant, StatefunError } from '../shared/errors.ts';
import { ChangedEntries } from './changed-entries.ts';
import type { Entry, EntryAddress } from './entry.ts';
import { addressStateBytesMax } from './limits.ts';
import { returnUndoLog, takeUndoLog, type UndoLog } from './undo-log.ts';

/** Where the state of an address belongs. */
export interface StateOwner {
  /** The address, for error texts. Undefined when unknown. */
  readonly address?: Address | undefined;
  /** The collection of the state in the store. @defaultValue none: the state is not for a store */
  readonly collection?: string;
  /** Receives the entries that kept attempts change. @defaultValue a list of its own */
  readonly changes?: ChangedEntries;
}

/** Tracks the attempts at one address: whether one is open, what it has changed, and the size of the state. */
export class AttemptTracker implements EntryAddress {
  readonly address: Address | undefined;
  readonly collection: string;
  readonly changes: ChangedEntries;
  /** Whether an attempt is open. */
  open = false;
  /** Number of attempts so far, which identifies the open one. */
  count = 0;
  /** Number of instances so far. Cells of an earlier instance have ended. */
  instances = 0;
  textLength = 0;
  #stateBytes = 0;
  #stateBytesBefore = 0;
  /** Changes of the open attempt. Undefined when it has changed nothing. */
  #undo: UndoLog | undefined;
  /** The capture that the last kept changes belong to. */
  #changedIn = 0;

  constructor({ address, collection = '', changes = new ChangedEntries() }: StateOwner) {
    this.address = address;
    this.collection = collection;
    this.changes = changes;
  }

  /** Starts an attempt. */
  begin(): void {
    assertInvariant(!this.open, 'an address has one attempt at a time');
    this.open = true;
    this.count += 1;
    this.#stateBytesBefore = this.#stateBytes;
  }

  /** Ends the attempt and keeps its changes. */
  keep(): void {
    assertInvariant(this.open, 'an attempt is kept once');
    this.open = false;
    const undo = this.#undo;
    if (undo === undefined) return;
    this.#undo = undefined;
    if (undo.keep(this.changes)) this.#changedIn = this.changes.number;
    returnUndoLog(undo);
  }

  /** Ends the attempt and undoes its changes. Its instance can no longer be used. */
  discard(): void {
    assertInvariant(this.open, 'an attempt is discarded once');
    this.open = false;
    this.instances += 1;
    const undo = this.#undo;
    if (undo === undefined) return;
    this.#undo = undefined;
    undo.discard();
    this.#stateBytes = this.#stateBytesBefore;
    returnUndoLog(undo);
  }

  /** Remembers what an entry is, before the open attempt changes it. */
  touch(entry: Entry): void {
    if (entry.undo === undefined) (this.#undo ??= takeUndoLog()).add(entry);
  }

  /** The entries that the open attempt has changed. */
  get touched(): readonly Entry[] {
    return this.#undo?.entries() ?? [];
  }

  /** Counts a change of size before it happens. Throws STATE_TOO_LARGE, but never when the state shrinks. */
  resize(deltaBytes: number, cell: string): void {
    const bytes = this.#stateBytes + deltaBytes;
    if (deltaBytes > 0 && bytes > addressStateBytesMax) {
      const summary = `setting cell "${cell}" would make the state of the address ${bytes} bytes large; the limit is ${addressStateBytesMax}.`;
      throw new StatefunError('STATE_TOO_LARGE', summary, { facts: { cell, bytes, bytesMax: addressStateBytesMax } });
    }
    this.#stateBytes = bytes;
  }

  /** Counts an entry that has been loaded. */
  loaded(entry: Entry): void {
    this.#stateBytes += entry.sizeBytes;
  }

  /** Rough size of the state in memory, in bytes. */
  get bytes(): number {
    return this.#stateBytes + this.textLength;
  }

  /** Whether kept attempts have changed anything since the last capture. */
  get dirty(): boolean {
    return this.#changedIn === this.changes.number;
  }

  /** Whether the store has all kept changes. */
  get durable(): boolean {
    return this.changes.isDurable(this.#changedIn);
  }
}
