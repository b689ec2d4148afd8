import type { Store, StoreChange } from '../../storage/store.ts';
import { outboxCollection, outboxKey } from '../partition/stored-entries.ts';

const collectionPrefix1 = 'outbox/';

/** Records are moved in commits of about this size, 8 MiB: an outbox can be larger than a commit. */
const commitBytes = 8 * 1024 * 1024;

/**
 * Brings what an engine kept in a store of format version 1 into the layout of today: each egress had a collection of its own in the outbox.
 * Each record is moved by one commit. Cut short, it is done again for those that are left.
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
