import { entryHeaderBytes, type EntrySpan } from '../format/entry-format.ts';

/** The newest entry of a key, with its value. */
export interface SnapshotEntry {
  readonly collection: string;
  readonly key: string;
  readonly value: Buffer;
  readonly commit: number;
  /** Number of the segment that contains the entry, and size of the entry there. */
  readonly segment: number;
  readonly bytes: number;
}

interface Newest extends Omit<SnapshotEntry, 'collection' | 'key' | 'value'> {
  /** Undefined for a tombstone, which is kept until no older entry can follow. */
  readonly value: Buffer | undefined;
}

/** Collects the newest entry of each key from segments in any order. */
export class NewestEntries {
  readonly #collections = new Map<string, Map<string, Newest>>();

  take(bytes: Buffer, start: number, entry: EntrySpan, segment: number): void {
    const collection = collectionOf(bytes, start, entry);
    let entries = this.#collections.get(collection);
    if (entries === undefined) this.#collections.set(collection, (entries = new Map<string, Newest>()));
    const key = bytes.toString('utf8', entry.keyStart, entry.valueStart);
    const known = entries.get(key);
    // Of two changes in one commit the later one counts. It comes second.
    if (known !== undefined && known.commit > entry.commit) return;
    // A copy, since the next segment is read into the same buffer.
    const value = entry.removes ? undefined : Buffer.from(bytes.subarray(entry.valueStart, entry.end));
    entries.set(key, { value, commit: entry.commit, segment, bytes: entry.end - start });
  }

  /** Visits the entries that have a value, collection by collection. */
  visit(visit: (entry: SnapshotEntry) => void): void {
    for (const [collection, entries] of this.#collections) {
      for (const [key, { value, ...entry }] of entries) if (value !== undefined) visit({ collection, key, value, ...entry });
    }
  }
}

export function collectionOf(bytes: Buffer, start: number, entry: EntrySpan): string {
  return bytes.toString('utf8', start + entryHeaderBytes, entry.keyStart);
}
