import { entryHeaderBytes, type EntrySpan } from '../format/entry-format.ts';

/** The newest entry of a key. */
export interface SnapshotEntry {
  readonly collection: string;
  readonly key: string;
  readonly value: Buffer;
  readonly commit: number;
  /** Number of the segment it is in, and how many bytes it takes there. */
  readonly segment: number;
  readonly bytes: number;
}

interface Newest extends Omit<SnapshotEntry, 'collection' | 'key' | 'value'> {
  /** Undefined when the entry removes the key: it stays until older entries cannot come any more. */
  readonly value: Buffer | undefined;
}

/** Of all entries that are shown to it, in any order of segments, the newest of each key. */
export class NewestEntries {
  readonly #collections = new Map<string, Map<string, Newest>>();

  take(bytes: Buffer, start: number, entry: EntrySpan, segment: number): void {
    const collection = collectionOf(bytes, start, entry);
    let entries = this.#collections.get(collection);
    if (entries === undefined) this.#collections.set(collection, (entries = new Map<string, Newest>()));
    const key = bytes.toString('utf8', entry.keyStart, entry.valueStart);
    const known = entries.get(key);
    // Of two changes in one commit the later one counts, and it is behind the other.
    if (known !== undefined && known.commit > entry.commit) return;
    // A copy: the next segment is read into the same bytes.
    const value = entry.removes ? undefined : Buffer.from(bytes.subarray(entry.valueStart, entry.end));
    entries.set(key, { value, commit: entry.commit, segment, bytes: entry.end - start });
  }

  /** Shows what is there, collection after collection. */
  visit(visit: (entry: SnapshotEntry) => void): void {
    for (const [collection, entries] of this.#collections) {
      for (const [key, { value, ...entry }] of entries) if (value !== undefined) visit({ collection, key, value, ...entry });
    }
  }
}

export function collectionOf(bytes: Buffer, start: number, entry: EntrySpan): string {
  return bytes.toString('utf8', start + entryHeaderBytes, entry.keyStart);
}
