import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk, type Disk } from '../../src/storage/disk.ts';
import { openLogStore } from '../../src/storage/open-log-store.ts';
import type { Store } from '../../src/storage/store.ts';
import { describeStore } from '../contracts/store-contract.ts';
import { createTemporaryFolder, openInline, removeFolder } from './log-fixture.ts';

describeStore('LogStore', async () => {
  const folder = createTemporaryFolder();
  // Segments of 300 bytes: nearly every run goes over several.
  let store = await openInline(folder, { segmentBytesMax: 300 });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openInline(folder, { segmentBytesMax: 300 });
      return store;
    },
    async dispose() {
      await store.close();
      removeFolder(folder);
    },
  };
});

describe('LogStore', () => {
  let folder: string;
  const opened: Store[] = [];

  const open = async (options: Parameters<typeof openInline>[1] = {}): Promise<Awaited<ReturnType<typeof openInline>>> => {
    const store = await openInline(folder, options);
    opened.push(store);
    return store;
  };
  const valueOf = async (store: Store, collection: string, key: string): Promise<string | undefined> => {
    const entry = (await store.load(collection)).find((one) => one.key === key);
    return entry && Buffer.from(entry.value).toString();
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    removeFolder(folder);
  });

  it('tells what it recovered, and the same identity every time', async () => {
    const first = await open();
    expect(first.recovery).toMatchObject({ commits: 0, frames: 0, keys: 0, tornBytes: 0 });
    await first.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    await first.commit([{ collection: 'c', key: 'l', value: 'v' }]);
    const { bytes } = first.stats();
    await first.close();
    rmSync(join(folder, 'index.dump'));
    const second = await open();
    expect(second.recovery).toMatchObject({ commits: 2, frames: 2, keys: 2, tornBytes: 0, bytes });
    expect(second.identity).toEqual(first.identity);
    expect(second.identity.keyGroups).toBe(128);
  });

  it('begins a segment when the next frame does not fit, and counts the bytes of all', async () => {
    const store = await open({ segmentBytesMax: 400 });
    for (let commit = 1; commit <= 6; commit += 1) await store.commit([{ collection: 'c', key: `${commit}`, value: 'x'.repeat(100) }]);
    const names = nodeDisk.listSync(join(folder, 'segments'));
    // A frame has 28 + 24 + 2 + 100 = 154 bytes: two fit behind the 36 of the header.
    expect([...names].sort()).toEqual(['00000001.log', '00000002.log', '00000003.log']);
    expect(store.stats().bytes).toBe(6 * 154 + 3 * 36);
    await store.close();
    const again = await open({ segmentBytesMax: 400 });
    expect(again.recovery).toMatchObject({ commits: 6, bytes: 6 * 154 + 3 * 36 });
    expect(await again.load('c')).toHaveLength(6);
  });

  it('gives a frame larger than a segment one of its own', async () => {
    const store = await open({ segmentBytesMax: 100 });
    await store.commit([{ collection: 'c', key: 'small', value: 'x' }]);
    await store.commit([{ collection: 'c', key: 'large', value: 'x'.repeat(5_000) }]);
    await store.commit([{ collection: 'c', key: 'next', value: 'x' }]);
    expect(nodeDisk.listSync(join(folder, 'segments'))).toHaveLength(3);
    expect(await valueOf(store, 'c', 'large')).toHaveLength(5_000);
  });

  it('reports how far recovery is', async () => {
    const store = await open();
    await store.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    const { bytes } = store.stats();
    await store.close();
    rmSync(join(folder, 'index.dump'));
    const progress = jest.fn();
    await open({ progress });
    expect(progress.mock.calls.at(-1)).toEqual([bytes, bytes]);
  });

  it('refuses a second store on the folder, also in the same process', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'STATE_FOLDER_LOCKED', facts: { pid: process.pid } });
  });

  it('gives the folder free when opening fails', async () => {
    await (await open()).close();
    writeFileSync(join(folder, 'segments', '00000001.log'), 'x');
    await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    await expect(open()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('refuses everything once it is closed', async () => {
    const store = await open();
    await store.close();
    await expect(store.commit([])).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.load('c')).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  it('waits for the commit under way when it is closed', async () => {
    const store = await open();
    const commit = store.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    await store.close();
    await commit;
    expect(await valueOf(await open(), 'c', 'k')).toBe('v');
  });

  it('allows one commit at a time', async () => {
    const store = await open();
    const first = store.commit([]);
    await expect(store.commit([])).rejects.toThrow('at most one commit');
    await first;
  });

  it('asks for another writer where it runs from its sources', async () => {
    await expect(openLogStore({ folder })).rejects.toThrow('pass the inline variant');
  });

  it('does not keep what its caller does to a value after the commit', async () => {
    const store = await open();
    const value = new Uint8Array([1]);
    await store.commit([{ collection: 'c', key: 'k', value }]);
    value[0] = 2;
    expect(Buffer.from((await store.load('c'))[0]?.value ?? []).toString('hex')).toBe('01');
  });

  it('keeps a value of 17 MiB and refuses one byte more', async () => {
    const store = await open();
    await store.commit([{ collection: 'c', key: 'k', value: Buffer.alloc(17 * 1024 * 1024, 7) }]);
    expect((await store.load('c'))[0]?.value.byteLength).toBe(17 * 1024 * 1024);
    await expect(store.commit([{ collection: 'c', key: 'k', value: Buffer.alloc(17 * 1024 * 1024 + 1) }])).rejects.toMatchObject({
      code: 'VALUE_TOO_LARGE',
    });
  });

  it.each([
    ['half a surrogate pair', 'cart/\ud83d'],
    ['more than 68 KiB', 'x'.repeat(69_633)],
  ])('refuses a name with %s', async (_what, name) => {
    await expect((await open()).commit([{ collection: name, key: 'k', value: 'v' }])).rejects.toMatchObject({ code: 'STORE_NAME_INVALID' });
    await opened[0]?.close();
    await expect((await open()).commit([{ collection: 'c', key: name, value: 'v' }])).rejects.toMatchObject({ code: 'STORE_NAME_INVALID' });
  });

  it('takes names with 64 KiB ids', async () => {
    const store = await open();
    const collection = `state/example/cart/${'€'.repeat(21_845)}`;
    await store.commit([{ collection, key: 'k', value: 'v' }]);
    expect(await valueOf(store, collection, 'k')).toBe('v');
  });

  it('refuses to give out an entry that changed on the disk', async () => {
    const store = await open();
    await store.commit([{ collection: 'c', key: 'k', value: 'value' }]);
    const path = join(folder, 'segments', '00000001.log');
    const file = nodeDisk.openSync(path, 'write');
    nodeDisk.writeSync(file, Buffer.from('V'), 0, store.stats().bytes - 5);
    nodeDisk.closeSync(file);
    await expect(store.load('c')).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: path, offset: 36 + 28 } });
  });

  it('fails with its next commit when its folder is removed while it runs, and starts empty afterwards', async () => {
    const onFailure = jest.fn();
    const store = await open({ onFailure });
    await store.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    removeFolder(folder);
    const failure: unknown = await store.commit([{ collection: 'c', key: 'k', value: 'v' }]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STATE_FOLDER_CHANGED' });
    expect(onFailure.mock.calls).toEqual([[failure]]);
    await store.close();
    expect((await open()).recovery.commits).toBe(0);
  });

  describe('when a commit fails', () => {
    const failing = (fault: Partial<Disk>): Disk => ({ ...nodeDisk, ...fault });
    const error = (code: string): Error => Object.assign(new Error(`${code}: simulated`), { code });

    /** Lets `writesBefore` writes through, then takes half of the next one and fails. */
    const diskFullAfter = (writesBefore: number): Disk => {
      let writes = 0;
      return failing({
        writeSync(file, bytes, start, position) {
          writes += 1;
          if (writes <= writesBefore) return nodeDisk.writeSync(file, bytes, start, position);
          if (writes > writesBefore + 1) throw error('ENOSPC');
          return nodeDisk.writeSync(file, bytes.subarray(0, start + Math.floor((bytes.byteLength - start) / 2)), start, position);
        },
      });
    };

    it('has failed for good: every later call rejects with the same error, and nothing is written (STORE-S4)', async () => {
      await (await open()).close();
      const onFailure = jest.fn();
      const store = await open({ disk: diskFullAfter(1), onFailure });
      await store.commit([{ collection: 'c', key: 'k', value: 'first' }]);
      const failure: unknown = await store.commit([{ collection: 'c', key: 'k', value: 'second' }]).catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ code: 'STORE_WRITE_FAILED', outcome: 'stop', hint: expect.stringContaining('free space') });
      const size = nodeDisk.sizeSync(join(folder, 'segments', '00000001.log'));
      await expect(store.commit([])).rejects.toBe(failure);
      await expect(store.load('c')).rejects.toBe(failure);
      expect(onFailure.mock.calls).toEqual([[failure]]);
      expect(nodeDisk.sizeSync(join(folder, 'segments', '00000001.log'))).toBe(size);
    });

    it('recovers the last resolved commit after a full disk', async () => {
      await (await open()).close();
      const store = await open({ disk: diskFullAfter(1) });
      await store.commit([{ collection: 'c', key: 'k', value: 'first' }]);
      await expect(store.commit([{ collection: 'c', key: 'k', value: 'second' }])).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
      await store.close();
      const again = await open();
      expect(again.recovery.tornBytes).toBeGreaterThan(0);
      expect(await valueOf(again, 'c', 'k')).toBe('first');
      await again.commit([{ collection: 'c', key: 'k', value: 'third' }]);
      await again.close();
      expect(await valueOf(await open(), 'c', 'k')).toBe('third');
    });

    it('does not try a failed sync again, and recovers at least the last resolved commit (STORE-S2, STORE-A3)', async () => {
      await (await open()).close();
      const syncs: number[] = [];
      const fdatasyncSync = (file: number): void => {
        syncs.push(file);
        if (syncs.length > 1) throw error('EIO');
      };
      const store = await open({ disk: failing({ fdatasyncSync }) });
      await store.commit([{ collection: 'c', key: 'k', value: 'first' }]);
      await expect(store.commit([{ collection: 'c', key: 'k', value: 'second' }])).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
      await expect(store.commit([{ collection: 'c', key: 'k', value: 'third' }])).rejects.toMatchObject({ code: 'STORE_WRITE_FAILED' });
      await store.close();
      expect(syncs).toHaveLength(2);
      expect(['first', 'second']).toContain(await valueOf(await open(), 'c', 'k'));
    });

    it('recovers when the disk is full while a segment is begun', async () => {
      await (await open()).close();
      const store = await open({ disk: diskFullAfter(1), segmentBytesMax: 100 });
      await store.commit([{ collection: 'c', key: 'k', value: 'first' }]);
      await expect(store.commit([{ collection: 'c', key: 'k', value: 'x'.repeat(100) }])).rejects.toMatchObject({
        code: 'STORE_WRITE_FAILED',
      });
      await store.close();
      const again = await open({ segmentBytesMax: 100 });
      expect(again.recovery).toMatchObject({ commits: 1, tornBytes: 0 });
      // Half of a header was no segment yet.
      expect(nodeDisk.listSync(join(folder, 'segments'))).toEqual(['00000001.log']);
      await again.commit([{ collection: 'c', key: 'l', value: 'x'.repeat(100) }]);
      await again.close();
      expect(await (await open()).load('c')).toHaveLength(2);
    });

    it('goes on with a write that the disk took only a part of', async () => {
      const writeSync: Disk['writeSync'] = (file, bytes, start, position) =>
        nodeDisk.writeSync(file, bytes.subarray(0, start + 3), start, position);
      const store = await open({ disk: failing({ writeSync }) });
      await store.commit([{ collection: 'c', key: 'k', value: 'a longer value' }]);
      await store.close();
      expect(await valueOf(await open(), 'c', 'k')).toBe('a longer value');
    });
  });
});
