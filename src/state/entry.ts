import type { StateType } from './state-type.ts';

/** One value at one moment. */
export interface Held {
  /** The decoded value. Undefined until it is first read, and always for a type that holds bytes. */
  value: unknown;
  /**
   * The encoded value. A type that holds bytes always has it. Beside a frozen value it is a copy, made when it is first needed and dropped when the
   * value is set or the memory is needed.
   */
  encoded: string | Uint8Array | undefined;
  /** Whether the encoded value is a text whose characters are all below 0x80. */
  ascii: boolean;
  /** Rough size in bytes, overhead included. Exact for loaded values and from `exactSizeBytesMin` on. 0 when removed. */
  sizeBytes: number;
  /** Orders the entries of a table: rising stamps. The position of a list item. 0 for a value. */
  stamp: number;
  /** Whether there is no value. */
  removed: boolean;
}

/** The cell that an entry belongs to. */
export interface EntryOwner {
  readonly name: string;
  /** Whether every character of the name is below 0x80. */
  readonly isAsciiName: boolean;
  readonly type: StateType<unknown>;
  readonly attempts: EntryAddress;
  /** Returns the key in the store. */
  storedKey(entry: Entry): string;
  /** Returns what the store keeps of an encoded value. */
  storedValue(encoded: string | Uint8Array, stamp: number): string | Uint8Array;
  /** Undoes the change of an attempt: content, place and order. */
  restore(entry: Entry, before: Held): void;
  /** Called when neither the cell nor the store has a value for the entry, and no attempt can bring it back. */
  forget(entry: Entry): void;
}

/** The address that an entry belongs to. */
export interface EntryAddress {
  /** The collection of its state in the store. */
  readonly collection: string;
  /** Characters of the texts that are held beside their values. */
  textLength: number;
}

/**
 * An entry of a cell in memory: a value, an entry of a table or an item of a list.
 *
 * The open attempt changes it in place. What it was before is in `undo`, until the attempt ends.
 */
export class Entry implements Held {
  // First what most reads need, so that it lies in one cache line.
  value: unknown = undefined;
  encoded: string | Uint8Array | undefined = undefined;
  ascii = false;
  stamp: number;
  /** A hash of the key, which tells most keys apart without comparing them. */
  readonly keyHash: number;
  /** Key within a table; empty for other cells. */
  readonly key: string;
  readonly owner: EntryOwner;
  /** Where the store has the entry; only the store writes it. */
  slot = 0;
  sizeBytes = 0;
  removed = true;
  /** What it was before the open attempt. Undefined unless that attempt has changed it. */
  undo: Held | undefined = undefined;
  /** What the framework remembers of the value. Dropped when the value changes. */
  link: object | undefined = undefined;
  /** Whether kept attempts have changed it since the last capture. */
  dirty = false;
  /** Whether the store has it, or will have it once the last capture is durable. */
  stored = false;

  constructor(owner: EntryOwner, stamp: number, key = '', keyHash = 0) {
    this.owner = owner;
    this.stamp = stamp;
    this.key = key;
    this.keyHash = keyHash;
  }

  /** Whether nothing has the entry any more. */
  get gone(): boolean {
    return this.removed && !this.stored && !this.dirty && this.undo === undefined;
  }

  /** Sets a value that has been checked and frozen. */
  set(value: unknown, encoded: string | Uint8Array | undefined, sizeBytes: number): void {
    this.dropText();
    this.value = value;
    this.encoded = encoded;
    this.ascii = typeof encoded === 'string' && isAscii(encoded);
    this.sizeBytes = sizeBytes;
    this.removed = false;
    this.link = undefined;
    this.#countText(1);
  }

  /** Removes the value. */
  remove(): void {
    this.dropText();
    this.value = undefined;
    this.encoded = undefined;
    this.sizeBytes = 0;
    this.removed = true;
  }

  /** Takes over what it was at another moment. */
  restore(before: Held): void {
    this.#countText(-1);
    this.value = before.value;
    this.encoded = before.encoded;
    this.ascii = before.ascii;
    this.sizeBytes = before.sizeBytes;
    this.stamp = before.stamp;
    this.removed = before.removed;
    this.link = undefined;
    this.#countText(1);
  }

  /** The encoded value as a text. It is written when it is first needed, and kept. */
  get text(): string {
    if (typeof this.encoded === 'string') return this.encoded;
    const text = String(this.owner.type.encode(this.value));
    this.encoded = text;
    this.ascii = isAscii(text);
    this.#countText(1);
    return text;
  }

  /** Drops the text of a frozen value. */
  dropText(): void {
    if (this.value === undefined || this.encoded === undefined) return;
    this.#countText(-1);
    this.encoded = undefined;
  }

  /** Adds or subtracts the text of a frozen value. Other encoded values are part of the size of the state. */
  #countText(sign: 1 | -1): void {
    if (this.value !== undefined && this.encoded !== undefined) this.owner.attempts.textLength += sign * this.encoded.length;
  }
}

/** Whether every character of a text is below 0x80. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}
