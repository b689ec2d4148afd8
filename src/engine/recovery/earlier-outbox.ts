/*
 * The outbox in the format versions before 3: one entry for each record. Version 2 has one collection for all egresses; in version 1 each egress
 * has its own.
 *
 *   version   collection            key                        value
 *   2         outbox                <egress id>/<sequence>     envelope
 *   1         outbox/<egress id>    sequence                   envelope
 */
const collection2 = 'outbox';
const prefix1 = `${collection2}/`;

/** The place of an egress record in the outbox of an earlier version. */
export interface EarlierOutboxKey {
  readonly egressId: string;
  /** Position in the order in which records leave. */
  readonly sequence: number;
}

/** Returns the collections with the outbox of an earlier version, among all of its collections. */
export function earlierOutboxCollections(collections: readonly string[]): readonly string[] {
  return [...collections.filter((name) => name.startsWith(prefix1)), collection2];
}

/** Returns undefined for an entry that is no egress record of an earlier version. */
export function parseEarlierOutboxKey(collection: string, key: string): EarlierOutboxKey | undefined {
  if (collection.startsWith(prefix1)) return { egressId: collection.slice(prefix1.length), sequence: Number(key) };
  if (collection !== collection2) return undefined;
  const slash = key.lastIndexOf('/');
  return { egressId: key.slice(0, slash), sequence: Number(key.slice(slash + 1)) };
}
