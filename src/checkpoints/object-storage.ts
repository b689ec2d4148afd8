import { appendAll } from '../shared/append-all.ts';

/**
 * Keeps the objects of checkpoints: a bucket of S3, or a folder.
 *
 * Every implementation passes the same contract (test/contracts/object-storage-contract.ts):
 *
 * CHECKPOINT-O1. An object appears as a whole or not at all, and is durable when `put` resolves.
 * CHECKPOINT-O2. Of several writes that need the object to be absent, or a versioned object to have the same version, at most one succeeds.
 * CHECKPOINT-O3. `list` returns every object whose `put` has resolved, or throws.
 *
 * Throws CHECKPOINT_STORAGE_DENIED, CHECKPOINT_STORAGE_ABSENT, or CHECKPOINT_STORAGE_FAILED after several tries.
 */
export interface ObjectStorage {
  /** Describes the storage, for people: `s3://bucket/prefix`. */
  readonly description: string;
  /** Returns an object; undefined when it does not exist. */
  get(key: string, range?: ByteRange): Promise<Buffer | undefined>;
  /** Returns the size of an object; undefined when it does not exist. */
  head(key: string): Promise<ListedObject | undefined>;
  /**
   * Writes an object. Returns false if it must be absent and exists. A lost answer is asked for again, so the object may be the one of this call.
   */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<boolean>;
  /** Returns the object that several processes replace in turn. Its key is used for nothing else. */
  versioned(key: string): VersionedObject;
  /** Returns the objects whose keys begin with the prefix, in the order of the keys, page by page. */
  list(prefix: string, from?: string): Promise<ObjectPage>;
  /** Deletes an object. Does nothing if it does not exist. */
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Offsets of the first byte, and of the first byte behind. A range may end behind the object. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Options of `put`. */
export interface PutOptions {
  /** Whether the object must not exist. @defaultValue `false` */
  readonly absent?: boolean;
}

/** An object that can be replaced only with the version that was read. */
export interface VersionedObject {
  /** Returns the object; undefined when it does not exist. */
  read(): Promise<ObjectVersion | undefined>;
  /**
   * Replaces the version, or creates the object if the version is undefined, with content that it never had before. Returns the new version; undefined, with nothing written, if the
   * object has another version. After an error it is unknown whether the object was replaced.
   */
  replace(bytes: Uint8Array, version: string | undefined): Promise<string | undefined>;
}

/** The content of an object, with the version that it has. */
export interface ObjectVersion {
  readonly bytes: Buffer;
  /** Names this version; no other version of the object has the same name. */
  readonly version: string;
}

/** An object without its content: its key, and its size in bytes. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Some of the objects with a prefix. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

/** Returns all objects whose keys begin with the prefix. */
export async function listAll(storage: ObjectStorage, prefix: string): Promise<readonly ListedObject[]> {
  const objects: ListedObject[] = [];
  let from: string | undefined;
  do {
    const page = await storage.list(prefix, from);
    appendAll(objects, page.objects);
    from = page.next;
  } while (from !== undefined);
  return objects;
}
