import { Envelope } from '../../envelope/envelope.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { Store, StoreChange } from '../../storage/store.ts';
import { StoredOutbox } from '../partition/outbox/stored-outbox.ts';
import { earlierOutboxCollections, parseEarlierOutboxKey, type EarlierOutboxKey } from './earlier-outbox.ts';
import { recoverOutbox } from './recover-outbox.ts';

/** Records are moved in commits of about this size: an outbox can be larger than a commit. */
const commitBytesDefault = 8 * 1024 * 1024;

interface EarlierRecord extends EarlierOutboxKey {
  readonly collection: string;
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * Upgrades the entries of a store of an earlier format version: moves the records of its outbox into batches. They keep their order and their ids.
 * Each commit removes the records that it writes again. After a crash, the records that are left are moved by the next start, behind those that
 * were moved before. `collections` are those of a store of version 1.
 */
export async function upgradeLayout(store: Store, collections: readonly string[], commitBytes = commitBytesDefault): Promise<void> {
  const records = await loadEarlierOutbox(store, collections);
  if (records.length === 0) return;
  const outbox = new StoredOutbox();
  outbox.restore(await recoverOutbox(store));
  let changes: StoreChange[] = [];
  let bytes = 0;
  const commit = async (): Promise<void> => {
    outbox.capture(changes);
    await store.commit(changes);
    changes = [];
    bytes = 0;
  };
  for (const { egressId, collection, key, value } of records) {
    changes.push({ collection, key, value: undefined });
    outbox.addAgain(egressId, Envelope.decodeTrusted(value));
    bytes += value.byteLength;
    if (bytes >= commitBytes) await commit();
  }
  if (changes.length > 0) await commit();
}

/** Returns the records in the order in which they leave. */
async function loadEarlierOutbox(store: Store, collections: readonly string[]): Promise<readonly EarlierRecord[]> {
  const records: EarlierRecord[] = [];
  for (const collection of earlierOutboxCollections(collections)) {
    for (const { key, value } of await store.load(collection)) {
      const place = parseEarlierOutboxKey(collection, key);
      assertInvariant(place !== undefined, 'the collection holds egress records');
      records.push({ ...place, collection, key, value });
    }
  }
  return records.sort((left, right) => left.sequence - right.sequence);
}
