import type { Store, StoreChange } from '../../storage/store.ts';
import { outboxCollection, outboxKey } from '../partition/stored-entries.ts';

const collectionPrefix1 = 'outbox/';

/** Entries are moved in commits of about this size: an outbox can be larger than a commit. */
const commitBytes = 8 * 1024 * 1024;

/**
 * Upgrades the entries of a store of format version 1, in which each egress has a collection of its own for its outbox. Every entry is moved by
 * one commit. After a crash, the entries that are left are moved by the next start.
 */
export async function upgradeLayout(store: Store, collections: readonly string[]): Promise<void> {
  let changes: StoreChange[] = [];
  let bytes = 0;
  for (const collection of collections.filter((name) => name.startsWith(collectionPrefix1))) {
    const egressId = collection.slice(collectionPrefix1.length);
    for (const { key, value } of await store.load(collection)) {
      changes.push({ collection, key, value: undefined });
      changes.push({ collection: outboxCollection, key: outboxKey(egressId, Number(key)), value });
      bytes += value.byteLength;
      if (bytes < commitBytes) continue;
      await store.commit(changes);
      changes = [];
      bytes = 0;
    }
  }
  if (changes.length > 0) await store.commit(changes);
}
