import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../log-fixture.ts';
import { SimulatedDisk } from '../simulated-disk.ts';

const segmentBytesMax = 4_000;

describe('a store whose disk is full of garbage', () => {
  let folder: string;
  let disk: SimulatedDisk;

  const open = (): Promise<LogStore> => openInline(folder, { disk, segmentBytesMax });
  const overwrite = (store: LogStore, round: number): Promise<void> =>
    store.commit([{ collection: 'c', key: `${round % 3}`, value: `${round}`.padEnd(500) }]);
  const contents = async (store: LogStore): Promise<string[]> =>
    (await store.load('c')).map(({ key, value }) => `${key}: ${Buffer.from(value).toString().trim()}`).toSorted();

  beforeEach(() => {
    folder = createTemporaryFolder();
    disk = new SimulatedDisk(1);
    disk.tellsSpace = true;
  });

  afterEach(() => removeFolder(folder));

  /** Commits until the disk takes nothing more. Returns how many commits there were. */
  const fill = async (store: LogStore): Promise<number> => {
    for (let round = 0; ; round += 1) {
      try {
        await overwrite(store, round);
      } catch (error) {
        expect(error).toMatchObject({ code: 'STORE_WRITE_FAILED', facts: { diskFull: true } });
        await store.close().catch(() => undefined);
        return round;
      }
    }
  };

  it('frees itself with its next start, in the segment that takes commits too: commits leave room for the newest entries', async () => {
    const openLarge = (): Promise<LogStore> => openInline(folder, { disk, segmentBytesMax: 40_000 });
    // Three keys that are overwritten again and again; the one segment there is never full.
    disk.bytesMax = 38_000;
    const rounds = await fill(await openLarge());
    expect(rounds).toBeGreaterThan(40);
    const store = await openLarge();
    expect(disk.bytesUsed).toBeLessThan(10_000);
    const newest = [rounds - 3, rounds - 2, rounds - 1].map((round) => `${round % 3}: ${round}`).toSorted();
    expect(await contents(store)).toEqual(newest);
    await overwrite(store, rounds);
    await store.close();
  });

  it('frees itself without room for a copy where a whole segment is garbage', async () => {
    const first = await open();
    // A segment each. One of three is garbage then, which is too little to make a compaction begin by itself.
    for (const key of ['a', 'b', 'c', 'c']) await first.commit([{ collection: 'c', key, value: 'x'.repeat(3_000) }]);
    expect(first.stats()).toMatchObject({ segments: 4, compactions: 0 });
    await first.close();
    // No room but for a new manifest: the dump of the index, which is large beside these segments, is given up for it.
    disk.bytesMax = disk.bytesUsed - disk.bytesOf(join(folder, 'index.dump')).length + 600;
    const store = await open();
    expect(store.stats()).toMatchObject({ segments: 3, compactions: 1 });
    await store.commit([{ collection: 'c', key: 'd', value: 'x'.repeat(2_500) }]);
    expect((await contents(store)).map((text) => text.slice(0, 1))).toEqual(['a', 'b', 'c', 'd']);
    await store.close();
  });

  it('is no problem while space is left: a start changes nothing', async () => {
    disk.bytesMax = 100 * segmentBytesMax;
    const first = await open();
    for (let round = 0; round < 5; round += 1) await overwrite(first, round);
    await first.close();
    const { changes } = disk;
    const store = await open();
    expect(store.stats()).toMatchObject({ segments: 1, compactions: 0, commits: 5 });
    // The mark of the writer is set, and nothing else.
    expect(disk.changes).toBe(changes + 1);
    await store.close();
  });

  it('does not pile up over lives that end before a compaction does', async () => {
    const sizes: number[] = [];
    for (let life = 0; life < 40; life += 1) {
      const store = await open();
      expect((await contents(store)).length).toBe(life === 0 ? 0 : 3);
      for (let round = 0; round < 12; round += 1) await overwrite(store, life * 12 + round);
      // Closing gives up the compaction that has begun.
      await store.close();
      sizes.push(store.stats().bytes);
    }
    expect(Math.max(...sizes)).toBeLessThan(8 * segmentBytesMax);
  });

  it('gives back everything that is not the newest when it is asked to', async () => {
    const first = await open();
    for (let round = 0; round < 7; round += 1) await overwrite(first, round);
    await first.close();
    const store = await open();
    const { bytes } = store.stats();
    await store.compact();
    const after = store.stats();
    expect(bytes).toBeGreaterThan(3_500);
    expect(after.bytes).toBeLessThan(2_000);
    expect(await contents(store)).toEqual(['0: 6', '1: 4', '2: 5']);
    await overwrite(store, 7);
    await store.close();
    const again = await open();
    expect(await contents(again)).toEqual(['0: 6', '1: 7', '2: 5']);
    await again.close();
  });
});
