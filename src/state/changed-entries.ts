import { isAscii, type Entry } from './entry.ts';
import { exactSizeBytesMin } from './limits.ts';
import type { StateChange } from './state-entry.ts';

/** A write of one entry, for the store. */
export interface EntryChange extends StateChange {
  readonly collection: string;
  readonly entry: Entry;
  /** Whether every character of key and value is below 0x80. */
  readonly ascii: boolean;
}

/**
 * The entries that kept attempts have changed since the last capture: those of one address, or of all addresses that commit together. A capture is
 * one walk over this list, whatever the number of addresses and cells.
 *
 * STATE-C1. A changed entry is in the list once, from the first kept change until the capture.
 * STATE-C2. The capture decides what is written, and whether an entry counts as stored from then on. Nothing is looked up when the commit becomes
 *     durable, because later attempts change entries meanwhile.
 */
export class ChangedEntries {
  #entries: Entry[] = [];
  #bytes = 0;
  #number = 1;
  #durable = 0;

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  /** Rough size of the entries when they were added, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The number of the next capture, which entries added from now on belong to. */
  get number(): number {
    return this.#number;
  }

  /** Adds an entry that a kept attempt has changed. */
  add(entry: Entry): void {
    if (entry.dirty) return;
    entry.dirty = true;
    this.#entries.push(entry);
    this.#bytes += entry.sizeBytes;
  }

  /** Adds the writes of all entries in the list, without the changes of open attempts, and empties it. */
  capture(changes: { push(change: EntryChange): unknown }): void {
    for (const entry of this.#entries) captureEntry(entry, changes);
    this.#entries = [];
    this.#bytes = 0;
    this.#number += 1;
  }

  /** Marks everything captured so far as durable. */
  committed(): void {
    this.#durable = this.#number - 1;
  }

  /** Whether a capture is durable. Until it is, a state that it has must not be read from the store. */
  isDurable(number: number): boolean {
    return number <= this.#durable;
  }
}

function captureEntry(entry: Entry, changes: { push(change: EntryChange): unknown }): void {
  const { owner, undo } = entry;
  const { collection } = owner.attempts;
  const kept = undo ?? entry;
  entry.dirty = false;
  if (!kept.removed) {
    const encoded = kept.encoded ?? owner.type.encode(kept.value);
    const key = owner.storedKey(entry);
    const ascii =
      owner.isAsciiName &&
      isAscii(entry.key) &&
      typeof encoded === 'string' &&
      (kept.encoded === undefined ? isAscii(encoded) : kept.ascii);
    changes.push({ collection, key, value: owner.storedValue(encoded, kept.stamp), entry, ascii });
    entry.stored = true;
    // A text that egress records use is worth keeping. A long one would double the memory of its value.
    if (undo === undefined && encoded.length >= exactSizeBytesMin) entry.dropText();
    return;
  }
  if (entry.stored) changes.push({ collection, key: owner.storedKey(entry), value: undefined, entry, ascii: false });
  entry.stored = false;
  if (entry.gone) owner.forget(entry);
}
