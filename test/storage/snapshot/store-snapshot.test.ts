import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeDisk, type Disk } from '../../../src/storage/disk.ts';
import type { LogStore } from '../../../src/storage/log-store.ts';
import { segmentPath, segmentsFolderOf } from '../../../src/storage/format/segment-format.ts';
import { StoreSnapshot } from '../../../src/storage/snapshot/store-snapshot.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../log-fixture.ts';

const put = (collection: string, key: string, value: string) => ({ collection, key, value });
const remove = (collection: string, key: string) => ({ collection, key, value: undefined });

describe('StoreSnapshot', () => {
  let folder: string;
  let store: LogStore;
  beforeEach(async () => {
    folder = createTemporaryFolder();
    store = await openInline(folder, { segmentBytesMax: 4_096 });
  });
  afterEach(async () => {
    await store.close();
    removeFolder(folder);
  });

  const contents = (snapshot: StoreSnapshot): Record<string, string> => {
    const found: Record<string, string> = {};
    snapshot.visit(
      () => true,
      ({ collection, key, value }) => void (found[`${collection} ${key}`] = value.toString()),
    );
    snapshot.close();
    return found;
  };

  it('shows the newest entries of the last commit while the store is open, and none that were removed', async () => {
    await store.commit([put('a', '1', 'old'), put('a', '2', 'gone'), put('b', '1', 'kept')]);
    await store.commit([put('a', '1', 'first'), put('a', '1', 'new'), remove('a', '2')]);
    const snapshot = await StoreSnapshot.open({ folder });
    await store.commit([put('a', '1', 'later')]);
    expect(snapshot.commit).toBe(2);
    expect(snapshot.load('a').map(({ key, value, commit }) => [key, value.toString(), commit])).toEqual([['1', 'new', 2]]);
    expect(contents(snapshot)).toEqual({ 'a 1': 'new', 'b 1': 'kept' });
  });

  it('shows exactly one commit at any time, whatever compactions do (STORE-V1)', async () => {
    const filler = 'x'.repeat(150);
    const seen: number[] = [];
    for (let number = 1; number <= 150; number += 1) {
      await store.commit([put(`c${number % 7}`, 'k', `${number}`), put('last', 'k', `${number}`), put('filler', `${number % 5}`, filler)]);
      const snapshot = await StoreSnapshot.open({ folder });
      const { commit } = snapshot;
      const found = contents(snapshot);
      seen.push(commit);
      expect(found['last k']).toBe(String(commit));
      for (let back = 0; back < Math.min(7, commit); back += 1) expect(found[`c${(commit - back) % 7} k`]).toBe(String(commit - back));
    }
    await store.compacted();
    expect(store.stats().compactions).toBeGreaterThan(0);
    expect(seen).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
  });

  it('goes on reading segments that were removed after it was opened (STORE-V2)', async () => {
    await store.commit([put('a', '1', 'first')]);
    const snapshot = await StoreSnapshot.open({ folder });
    for (let number = 0; number < 200; number += 1) await store.commit([put('a', '1', 'x'.repeat(200))]);
    await store.compacted();
    expect(() => readFileSync(segmentPath(segmentsFolderOf(folder), 1))).toThrow('ENOENT');
    expect(contents(snapshot)).toEqual({ 'a 1': 'first' });
  });

  it('looks at the manifest again when a file is gone before it could be opened', async () => {
    await store.commit([put('a', '1', 'there')]);
    let missing = 2;
    const disk: Disk = {
      ...nodeDisk,
      openSync(path, mode) {
        if (path.endsWith('.log') && missing-- > 0) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT', path });
        return nodeDisk.openSync(path, mode);
      },
    };
    expect(contents(await StoreSnapshot.open({ folder, disk }))).toEqual({ 'a 1': 'there' });
    missing = Number.POSITIVE_INFINITY;
    await expect(StoreSnapshot.open({ folder, disk })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      facts: { reason: 'the file is missing' },
    });
  });

  it('leaves out a commit that is not whole, and says how much of it there is', async () => {
    await store.commit([put('a', '1', 'whole')]);
    await store.close();
    appendFileSync(segmentPath(segmentsFolderOf(folder), 1), Buffer.from([0xff, 0x53, 0x46, 0xfe, 9, 9, 9]));
    const snapshot = await StoreSnapshot.open({ folder });
    expect(snapshot.check()).toMatchObject({ damages: [], frames: 1, entries: 1 });
    expect(snapshot.unfinishedBytes).toBe(7);
    expect(contents(snapshot)).toEqual({ 'a 1': 'whole' });
  });

  it.each([1, 2])('refuses to show entries when segment %i is damaged, and tells where', async (segment) => {
    for (let number = 0; number < 60; number += 1) await store.commit([put('a', String(number), 'x'.repeat(100))]);
    await store.close();
    const path = segmentPath(segmentsFolderOf(folder), segment);
    const bytes = readFileSync(path);
    const offset = 200;
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const snapshot = await StoreSnapshot.open({ folder });
    expect(() => snapshot.load('a')).toThrow('STORE_CORRUPT');
    expect(snapshot.check().damages).toEqual([expect.objectContaining({ file: path })]);
    snapshot.close();
  });

  it.each([
    ['a folder that is not there', 'nowhere'],
    ['a folder that holds other things', 'other'],
    ['a file', 'file'],
  ])('says of %s that it holds no state', async (_, name) => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'file'), '');
    await expect(StoreSnapshot.open({ folder: join(folder, name) })).rejects.toMatchObject({ code: 'STATE_FOLDER_ABSENT' });
  });
});
