/**
 * Where an engine keeps what must survive it: collections of keys, changed by atomic commits.
 *
 * Invariants every store keeps (one contract suite checks them all):
 *
 * STORE-S1. A commit is all or nothing, also after a crash at any instant.
 * STORE-S2. `commit` resolves when the changes survive a crash of the process and of the machine (memory stores: never).
 * STORE-S3. After a crash exactly the commits 1..n are there, for some n not smaller than the last one that resolved.
 * STORE-S4. When a commit fails the store has failed: every later call rejects with the same error, and nothing is written any more.
 */
export interface Store {
  /** The keys of a collection in no particular order; at once when nothing has to be read. Sees every resolved commit. */
  load(collection: string): readonly StoredValue[] | Promise<readonly StoredValue[]>;

  /** Makes the changes durable. At most one commit is under way; the caller waits for it before the next one. */
  commit(changes: readonly StoreChange[]): Promise<void>;

  stats(): StoreStats;

  /** Waits for the commit under way, then releases files and lock. Calling it again does nothing. */
  close(): Promise<void>;
}

export interface StoredValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** A value that writes itself where it is wanted, so that no copy of it is made on the way. */
export interface WritableValue {
  /** At least as many bytes as it will have. */
  readonly encodedBytesMax: number;
  /** Writes the value and returns where it ends. */
  encodeInto(target: Buffer, offset: number): number;
}

/** Sets a key, or removes it when `value` is undefined. The last change of a key in a commit wins. Text is stored as UTF-8. */
export interface StoreChange {
  readonly collection: string;
  readonly key: string;
  readonly value: string | Uint8Array | WritableValue | undefined;
}

export interface StoreStats {
  /** Commits since the store was created. */
  readonly commits: number;
  /** Bytes on disk, 0 where there is none. */
  readonly bytes: number;
  /** Keys that are there now. */
  readonly keys: number;
}

/** The bytes of a value, for stores that keep them in memory. */
export function toBytes(value: string | Uint8Array | WritableValue): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (!('encodeInto' in value)) return value;
  const bytes = Buffer.allocUnsafe(value.encodedBytesMax);
  return bytes.subarray(0, value.encodeInto(bytes, 0));
}
