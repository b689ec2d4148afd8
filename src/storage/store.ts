/**
 * Keeps what must survive an engine: collections of keys with values, changed by atomic commits.
 *
 * Invariants of every store (one contract suite checks them all):
 *
 * STORE-S1. A commit is all or nothing, also after a crash at any instant.
 * STORE-S2. When `commit` resolves, the changes survive a crash of the process and of the machine (not in a memory store).
 * STORE-S3. After a crash the store holds exactly the commits 1..n, where n is at least the last commit that resolved.
 * STORE-S4. When a commit fails, the store has failed: every later call rejects with the same error, and nothing more is written.
 */
export interface Store {
  /** Returns the stored values of a collection, in no particular order. Synchronous when no disk has to be waited for. Sees every resolved commit. */
  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]>;

  /** Makes the changes durable. The caller waits for one commit before it starts the next, and leaves the changes as they are meanwhile. */
  commit(changes: readonly StoreChange[]): Promise<void>;

  stats(): StoreStats;

  /** Waits for a running commit, then releases files and lock. Calling it again does nothing. */
  close(): Promise<void>;
}

/** A key of a collection, and the value of its newest entry. */
export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A value that encodes itself into a given buffer, so that it is not copied. */
export interface WritableValue {
  /** Upper bound of the encoded size, in bytes. */
  readonly encodedBytesMax: number;
  /** Writes the value and returns where it ends. */
  encodeInto(target: Buffer, offset: number): number;
}

/** Sets the value of a key, or removes the key when `value` is undefined. The last change of a key in a commit wins. Text is stored as UTF-8. */
export interface StoreChange {
  readonly collection: string;
  readonly key: string;
  readonly value: string | Uint8Array | WritableValue | undefined;
  /** The caller's object for this key of this collection. With it the next change of the key needs no look-up. */
  readonly entry?: StoredEntry | undefined;
  /** True when every character of key and value is below 0x80, so that the store need not look. The value is a text or undefined. */
  readonly ascii?: boolean | undefined;
}

/**
 * An object that a caller keeps for one key of one collection of one store while it changes that key. It may be forgotten at any time, and a
 * key may be changed without it or with another one meanwhile: the store notices.
 */
export interface StoredEntry {
  /** By what the store finds the key again; 0 when it does not know. Only the store writes it. */
  slot: number;
}

/** Counts of a store. */
export interface StoreStats {
  /** Number of commits since the store was created. */
  readonly commits: number;
  /** Bytes on disk; 0 for a store without a disk. */
  readonly bytes: number;
  /** Number of keys that have a value. */
  readonly keys: number;
}

/** Returns the bytes of a value, for stores that keep values in memory. */
export function toBytes(value: string | Uint8Array | WritableValue): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (!('encodeInto' in value)) return value;
  const bytes = Buffer.allocUnsafe(value.encodedBytesMax);
  return bytes.subarray(0, value.encodeInto(bytes, 0));
}
