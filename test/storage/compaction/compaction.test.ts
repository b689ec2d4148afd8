import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { nodeDisk } from '../../../src/storage/disk.ts';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../log-fixture.ts';

const segmentBytesMax = 400;

describe('compaction', () => {
  let folder: string;
  let store: LogStore;

  const reopen = async ({ dump = true } = {}): Promise<void> => {
    await store.close();
    if (!dump) rmSync(join(folder, 'index.dump'));
    store = await openInline(folder, { segmentBytesMax });
  };
  const set = (key: string, value: string | undefined): Promise<void> => store.commit([{ collection: 'c', key, value }]);
  const contents = async (collection = 'c'): Promise<Record<string, string>> =>
    Object.fromEntries((await store.load(collection)).map(({ key, value }) => [key, Buffer.from(value).toString()]));
  const files = (): readonly string[] => nodeDisk.listSync(join(folder, 'segments'));

  beforeEach(async () => {
    folder = createTemporaryFolder();
    store = await openInline(folder, { segmentBytesMax });
  });

  afterEach(async () => {
    await store.close();
    removeFolder(folder);
  });

  it('gives back the space of what was overwritten, and keeps what is the newest (STORE-K1)', async () => {
    await set('old', 'stays');
    for (let round = 0; round < 50; round += 1) await set('k', `${round}`.padStart(100, '.'));
    await store.compacted();
    expect(store.stats().compactions).toBeGreaterThan(0);
    expect(files().length).toBeLessThan(5);
    expect(await contents()).toEqual({ old: 'stays', k: '49'.padStart(100, '.') });
    await reopen({ dump: false });
    expect(await contents()).toEqual({ old: 'stays', k: '49'.padStart(100, '.') });
  });

  it('does not bring back what was removed, as long as an older entry of it is anywhere (STORE-P1)', async () => {
    await set('gone', 'x'.repeat(300));
    for (let filler = 0; filler < 4; filler += 1) await set(`stays-${filler}`, 'x'.repeat(200));
    await set('gone', undefined);
    for (let round = 0; round < 40; round += 1) {
      await set('k', `${round}`.repeat(30));
      await store.compacted();
      if (round % 10 === 0) await reopen({ dump: false });
      expect((await contents())['gone']).toBeUndefined();
    }
  });

  it('lets tombstones go in the end: keys that come and go leave nothing behind', async () => {
    await set('stays', 'x'.repeat(200));
    for (let sequence = 0; sequence < 100; sequence += 1) {
      await store.commit([{ collection: 'messages', key: `${sequence}`, value: 'y'.repeat(50) }]);
      await store.commit([{ collection: 'messages', key: `${sequence}`, value: undefined }]);
    }
    await store.compacted();
    expect(store.stats().bytes).toBeLessThan(3 * segmentBytesMax);
    await reopen({ dump: false });
    expect(store.stats().keys).toBe(1);
  });

  it('reads from a segment that is compacted away meanwhile (STORE-K2)', async () => {
    await set('a', '1'.repeat(100));
    const reading = store.load('c');
    for (let round = 0; round < 30; round += 1) await set('b', `${round}`.repeat(50));
    await store.compacted();
    const entries = await reading;
    expect(entries.map(({ key }) => key)).toEqual(['a']);
    // The file that was read stays until it was read.
    expect(files().length).toBeLessThan(8);
  });

  it('ends with the store: after a failed commit nothing is replaced', async () => {
    let round = 0;
    // One that ends in a compaction under way.
    for (; files().length < 4; round += 1) await set('k', `${round}`.padStart(100, '.'));
    const { compactions } = store.stats();
    await expect(set('\ud800', 'half a surrogate pair is no name')).rejects.toMatchObject({ code: 'STORE_NAME_INVALID' });
    await store.compacted();
    expect(store.stats().compactions).toBe(compactions);
  });

  it('equals a map after any commits, reopenings with and without the dump, and compactions in between', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.array(fc.tuple(key, fc.option(fc.nat({ max: 160 }))), { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constantFrom('reopen' as const, 'recover' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120 }), async (steps) => {
        await store.close();
        removeFolder(folder);
        store = await openInline(folder, { segmentBytesMax });
        const model = new Map<string, string>();
        for (const [index, one] of steps.entries()) {
          if (typeof one === 'string') {
            await reopen({ dump: one === 'reopen' });
          } else {
            const changes = one.map(([name, size]) => ({
              collection: name,
              key: 'k',
              value: size === null ? undefined : `${index}`.padEnd(size, '-'),
            }));
            await store.commit(changes);
            for (const { collection, value } of changes) {
              if (value === undefined) model.delete(collection);
              else model.set(collection, value);
            }
          }
          for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
            expect((await contents(name))['k']).toBe(model.get(name));
          }
        }
        await store.compacted();
        expect(store.stats().keys).toBe(model.size);
      }),
      { seed: 20_261_126, numRuns: 12 },
    );
  });
});
