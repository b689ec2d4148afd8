import { describe, expect, it } from '@jest/globals';
import { recoverOutbox } from '../../../src/engine/recovery/recover-outbox.ts';
import { upgradeLayout } from '../../../src/engine/recovery/upgrade-layout.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import type { Store, StoreChange } from '../../../src/storage/store.ts';
import { envelope } from '../partition/pending.ts';

const recordsPerEgress = 9;

/** A store with the outbox of version 2, and records that an interrupted upgrade from version 1 has left. */
async function storeOfVersion2(): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let sequence = 1; sequence <= 2 * recordsPerEgress; sequence += 1) {
    const egressId = sequence % 2 === 0 ? 'test/even' : 'test/odd';
    const value = envelope(String(sequence)).encode();
    const isLeft = sequence === 4 || sequence === 13;
    const place = isLeft
      ? { collection: `outbox/${egressId}`, key: String(sequence) }
      : { collection: 'outbox', key: `${egressId}/${sequence}` };
    await store.commit([{ ...place, value }]);
  }
  return store;
}

/** The store as far as its first commits go; then it is gone. */
function stoppingAfter(store: Store, commits: number): Store {
  let left = commits;
  return {
    load: (collection) => store.load(collection),
    commit: (changes: readonly StoreChange[]) => (left-- > 0 ? store.commit(changes) : Promise.reject(new Error('the process ends here'))),
    stats: () => store.stats(),
    close: () => store.close(),
  };
}

async function idsByEgress(store: Store): Promise<Readonly<Record<string, readonly string[]>>> {
  const outboxes = await recoverOutbox(store);
  return Object.fromEntries(
    outboxes.map(({ egressId, batches }) => [
      egressId,
      batches.flatMap(({ envelopes }) => envelopes.map(({ messageId = '' }) => messageId)),
    ]),
  );
}

describe('upgradeLayout', () => {
  const collections = ['outbox/test/even', 'outbox/test/odd'];
  const expected = {
    'test/odd': ['1', '3', '5', '7', '9', '11', '13', '15', '17'],
    'test/even': ['2', '4', '6', '8', '10', '12', '14', '16', '18'],
  };

  it('moves the records of all earlier versions into one batch for each egress, in their order and under their ids', async () => {
    const store = await storeOfVersion2();
    await upgradeLayout(store, collections);
    expect(await idsByEgress(store)).toEqual(expected);
    expect(store.collections('outbox')).toEqual(['outbox-batches']);
    expect(store.load('outbox-batches')).toHaveLength(2);
  });

  it('moves each record once, in order, when it is interrupted after any commit, and twice', async () => {
    for (let commits = 0; commits <= 2 * recordsPerEgress; commits += 1) {
      const store = await storeOfVersion2();
      await upgradeLayout(stoppingAfter(store, commits), collections, 1).catch(() => undefined);
      await upgradeLayout(stoppingAfter(store, 3), collections, 1).catch(() => undefined);
      await upgradeLayout(store, collections, 500);
      expect(await idsByEgress(store)).toEqual(expected);
    }
  });

  it('commits nothing when there is nothing to move', async () => {
    const store = new MemoryStore();
    await upgradeLayout(store, collections);
    expect(store.stats().commits).toBe(0);
  });
});
