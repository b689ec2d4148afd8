import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { SegmentCopier } from '../../../src/storage/segments/segment-copier.ts';
import { segmentPath } from '../../../src/storage/format/segment-format.ts';
import { setMark } from '../../../src/storage/segments/writer-mark.ts';
import { below, seededRandom } from '../../../src/shared/seeded-random.ts';
import { createTemporaryFolder, openInline, removeFolder, segmentsFolder, storeId, writeLog } from '../log-fixture.ts';

const changed = { code: 'STATE_FOLDER_CHANGED' };

describe('a state folder whose lock is gone, written by two stores', () => {
  let folder: string;
  const opened: LogStore[] = [];

  /** Opens the store as if nobody held its lock. */
  const open = async (): Promise<LogStore> => {
    rmSync(join(folder, 'lock'), { recursive: true, force: true });
    const store = await openInline(folder, { segmentBytesMax: 600, onFailure: () => undefined });
    opened.push(store);
    return store;
  };
  const commit = (store: LogStore, value: string): Promise<void> => store.commit([{ collection: 'c', key: value, value }]);
  const keysOf = async (store: LogStore): Promise<string[]> => (await store.load('c')).map(({ key }) => key).toSorted();
  /** What is there when nobody has it open. */
  const contents = async (): Promise<string[]> => {
    for (const store of opened.splice(0)) await store.close().catch(() => undefined);
    const store = await open();
    return keysOf(store);
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close().catch(() => undefined);
    removeFolder(folder);
  });

  it('is left by the first one with its next commit, and nothing is damaged (STORE-W2)', async () => {
    const first = await open();
    await commit(first, 'a1');
    const second = await open();
    await expect(commit(first, 'a2')).rejects.toMatchObject(changed);
    await expect(commit(first, 'a3')).rejects.toMatchObject(changed);
    await commit(second, 'b1');
    expect(await contents()).toEqual(['a1', 'b1']);
  });

  it('is left by the first one also when the second one has committed and closed', async () => {
    const first = await open();
    await commit(first, 'a1');
    const second = await open();
    await commit(second, 'b1');
    await second.close();
    const left = readFileSync(join(folder, 'segments', '00000001.log'));
    await expect(commit(first, 'a2')).rejects.toMatchObject(changed);
    expect(readFileSync(join(folder, 'segments', '00000001.log'))).toEqual(left);
    expect(await contents()).toEqual(['a1', 'b1']);
  });

  it('keeps the dump of the one that has it, when the other one closes without having noticed', async () => {
    const first = await open();
    await commit(first, 'a1');
    const second = await open();
    await commit(second, 'b1');
    await second.close();
    const dump = readFileSync(join(folder, 'index.dump'));
    await first.close();
    expect(readFileSync(join(folder, 'index.dump'))).toEqual(dump);
  });

  it('keeps the segments of the one that has it, when the other one gives up a compaction or begins one (STORE-W2)', () => {
    const disk = writeLog([[{ collection: 'c', key: 'k', value: 'v' }]]);
    const copier = new SegmentCopier({ segmentsFolder, storeId, mark: setMark(disk, '/state') }, disk);
    const task = { number: 2, sources: [{ number: 1, bytes: disk.bytesOf(segmentPath(segmentsFolder, 1)).length }] };
    copier.begin(task);
    setMark(disk, '/state');
    // The one that has the folder gives its next segment the same number.
    disk.files.set(segmentPath(segmentsFolder, 2), Buffer.from('its own'));
    const { files } = disk.copy();
    copier.abandon();
    copier.remove([1, 2]);
    expect(() => copier.begin(task)).toThrow(expect.objectContaining(changed));
    expect(disk.files).toEqual(files);
  });

  it('is left by a store that finds a file changed that an older version wrote to', async () => {
    const store = await open();
    await commit(store, 'a1');
    const segment = join(folder, 'segments', '00000001.log');
    writeFileSync(segment, Buffer.concat([readFileSync(segment), Buffer.alloc(10)]));
    await expect(commit(store, 'a2')).rejects.toMatchObject(changed);
  });

  it('is refused to a store whose folder was removed', async () => {
    const store = await open();
    await commit(store, 'a1');
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await expect(commit(store, 'a2')).rejects.toMatchObject(changed);
  });

  it('has one mark while it is open, whatever earlier ones left, and none afterwards (STORE-W1)', async () => {
    for (const left of ['writer-0123456789abcdef.mark', 'writer-fedcba9876543210.mark']) writeFileSync(join(folder, left), '');
    const marks = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.mark'));
    const store = await open();
    expect(marks()).toEqual([expect.stringMatching(/^writer-[0-9a-f]{16}\.mark$/)]);
    expect(marks()).not.toContain('writer-0123456789abcdef.mark');
    await store.close();
    expect(marks()).toEqual([]);
  });

  it.each([1, 2, 3, 4, 5, 6])('holds exactly what was committed by whoever had it, whatever comes first (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const stores = [await open()];
    const promised: string[] = [];
    for (let step = 0; step < 120; step += 1) {
      if (below(random, 12) === 0) stores.push(await open());
      const position = below(random, stores.length);
      const store = stores[position];
      if (store === undefined) continue;
      const value = `${step} of ${position}`.padEnd(40 + below(random, 150));
      const outcome = await commit(store, value).then(
        () => 'promised',
        (error: { code: string }) => error.code,
      );
      // Only the last one that opened the folder has it.
      expect(outcome).toBe(position === stores.length - 1 ? 'promised' : 'STATE_FOLDER_CHANGED');
      if (outcome === 'promised') promised.push(value);
    }
    expect(stores.length).toBeGreaterThan(3);
    expect(await contents()).toEqual(promised.toSorted());
  });
});
