import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../src/shared/seeded-random.ts';
import { nodeDisk } from '../../../src/storage/disk.ts';
import type { PinnedLog } from '../../../src/storage/index/pinned-log.ts';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { writeManifest } from '../../../src/storage/segments/manifest.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../log-fixture.ts';

const segmentBytesMax = 400;

describe('a pinned log', () => {
  let folder: string;
  let copy: string;
  let store: LogStore;
  const set = (key: string, value: string | undefined): Promise<void> => store.commit([{ collection: 'c', key, value }]);
  const contentsOf = async (from: LogStore): Promise<Record<string, string>> =>
    Object.fromEntries((await from.load('c')).map(({ key, value }) => [key, Buffer.from(value).toString()]));
  const files = (): readonly string[] => nodeDisk.listSync(join(folder, 'segments'));

  beforeEach(async () => {
    folder = createTemporaryFolder();
    copy = createTemporaryFolder();
    store = await openInline(folder, { segmentBytesMax });
  });
  afterEach(async () => {
    await store.close();
    removeFolder(folder);
    removeFolder(copy);
  });

  /** Makes a state folder of the pinned files, each cut at its pinned size. */
  const copyOf = async ({ segments }: PinnedLog): Promise<LogStore> => {
    removeFolder(copy);
    mkdirSync(join(copy, 'segments'), { recursive: true });
    copyFileSync(join(folder, 'store.json'), join(copy, 'store.json'));
    for (const { path, bytes } of segments) {
      const target = join(copy, 'segments', path.slice(-12));
      copyFileSync(path, target);
      truncateSync(target, bytes);
    }
    const nextNumber = Math.max(...segments.map(({ listed }) => listed.number)) + 1;
    writeManifest(nodeDisk, copy, { generation: 1, nextNumber, segments: segments.map(({ listed }) => listed) });
    return openInline(copy, { segmentBytesMax });
  };

  it.each([1, 2, 3])('holds exactly one commit while commits and compactions continue (STORE-V3), seed %i', async (seed) => {
    const random = seededRandom(seed);
    const model = new Map<string, string>();
    const change = (): Promise<void> => {
      const key = `k${Math.floor(random() * 12)}`;
      const value = random() < 0.2 ? undefined : 'x'.repeat(random() * 200);
      if (value === undefined) model.delete(key);
      else model.set(key, value);
      return set(key, value);
    };
    for (let step = 0; step < 60; step += 1) await change();
    for (let round = 0; round < 6; round += 1) {
      const expected = { ...Object.fromEntries(model), commits: store.stats().commits };
      // A commit that runs is not part of it.
      const running = change();
      const pinned = store.pin();
      await running;
      for (let step = 0; step < 25; step += 1) await change();
      await store.compacted();
      const opened = await copyOf(pinned);
      expect({ ...(await contentsOf(opened)), commits: opened.stats().commits }).toEqual(expected);
      expect(pinned.commit).toBe(expected.commits);
      await opened.close();
      pinned.release();
    }
    expect(store.stats().compactions).toBeGreaterThan(0);
  });

  it('lets compactions remove its files once it is released', async () => {
    for (let round = 0; round < 10; round += 1) await set('k', `${round}`.padStart(100, '.'));
    const pinned = store.pin();
    const before = pinned.segments.map(({ path }) => path.slice(-12));
    for (let round = 0; round < 40; round += 1) await set('k', `${round}`.padStart(100, '.'));
    await store.compacted();
    expect(files()).toEqual(expect.arrayContaining(before));
    pinned.release();
    pinned.release();
    await store.compact();
    expect(files().filter((name) => before.includes(name))).toEqual([]);
  });
});
