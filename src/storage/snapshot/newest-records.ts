import { recordHeaderBytes, type RecordSpan } from '../format/record-format.ts';

/** The newest record of an entry. */
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
  /** Undefined when the record removes the entry: it stays until older records cannot come any more. */
  readonly value: Buffer | undefined;
}

/** Of all records that are shown to it, in any order of segments, the newest of each entry. */
export class NewestRecords {
  readonly #collections = new Map<string, Map<string, Newest>>();

  take(bytes: Buffer, start: number, record: RecordSpan, segment: number): void {
    const collection = collectionOf(bytes, start, record);
    let entries = this.#collections.get(collection);
    if (entries === undefined) this.#collections.set(collection, (entries = new Map<string, Newest>()));
    const key = bytes.toString('utf8', record.keyStart, record.valueStart);
    const known = entries.get(key);
    // Of two changes in one commit the later one counts, and it is behind the other.
    if (known !== undefined && known.commit > record.commit) return;
    // A copy: the next segment is read into the same bytes.
    const value = record.removes ? undefined : Buffer.from(bytes.subarray(record.valueStart, record.end));
    entries.set(key, { value, commit: record.commit, segment, bytes: record.end - start });
  }

  /** Shows what is there, collection after collection. */
  visit(visit: (entry: SnapshotEntry) => void): void {
    for (const [collection, entries] of this.#collections) {
      for (const [key, { value, ...entry }] of entries) if (value !== undefined) visit({ collection, key, value, ...entry });
    }
  }
}

export function collectionOf(bytes: Buffer, start: number, record: RecordSpan): string {
  return bytes.toString('utf8', start + recordHeaderBytes, record.keyStart);
}
