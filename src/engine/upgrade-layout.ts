import type { Store, StoreChange } from '../storage/store.ts';
import { outboxCollection, outboxKey } from './stored-records.ts';

const collectionPrefix1 = 'outbox/';

/**
 * Brings what an engine kept in a store of format version 1 into the layout of today: each egress had a collection of its own in the outbox.
 * One commit; cut short, it has not happened.
 */
export async function upgradeLayout(store: Store, collections: readonly string[]): Promise<void> {
  const changes: StoreChange[] = [];
  for (const collection of collections.filter((name) => name.startsWith(collectionPrefix1))) {
    const egressId = collection.slice(collectionPrefix1.length);
    for (const { key, value } of await store.load(collection)) {
      changes.push({ collection, key, value: undefined });
      changes.push({ collection: outboxCollection, key: outboxKey(egressId, Number(key)), value });
    }
  }
  if (changes.length > 0) await store.commit(changes);
}
