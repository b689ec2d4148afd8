import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogStore } from '../../src/storage/log-store.ts';
import { createTemporaryFolder, openInline, removeFolder } from './log-fixture.ts';

describe('the rights of a state folder', () => {
  let parent: string;
  let folder: string;

  beforeEach(() => {
    parent = createTemporaryFolder();
    folder = join(parent, 'state');
  });

  afterEach(() => removeFolder(parent));

  /** Fills several segments and lets a compaction write one, so that every kind of file is there. */
  const use = async (): Promise<LogStore> => {
    const store = await openInline(folder, { segmentBytesMax: 300 });
    for (let number = 0; number < 12; number += 1) await store.commit([{ collection: 'c', key: `${number % 2}`, value: 'x'.repeat(100) }]);
    await store.compacted();
    return store;
  };
  /** The rights of the folder and everything in it, each once. */
  const rights = (): string[] => {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    const found = [folder, ...paths].map((path) => {
      const stats = statSync(path);
      return `${stats.isDirectory() ? 'folder' : 'file'} ${(stats.mode & 0o777).toString(8)}`;
    });
    return [...new Set(found)].toSorted();
  };
  const ownerOnly = ['file 600', 'folder 700'];

  it.each([0o000, 0o022, 0o077, 0o777])('are for its owner alone, open and closed, with the umask %o', async (mask) => {
    const before = process.umask(mask);
    try {
      const store = await use();
      expect(store.stats().compactions).toBeGreaterThan(0);
      expect(rights()).toEqual(ownerOnly);
      await store.close();
      expect(readdirSync(folder).toSorted()).toEqual(['index.dump', 'lock', 'manifest.json', 'segments', 'store.json']);
      expect(rights()).toEqual(ownerOnly);
    } finally {
      process.umask(before);
    }
  });

  it('are taken away from others with the next start, when the folder was made with more', async () => {
    await (await use()).close();
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    for (const path of [folder, ...paths]) chmodSync(path, statSync(path).isDirectory() ? 0o777 : 0o666);
    const store = await openInline(folder);
    expect(rights()).toEqual(ownerOnly);
    await store.close();
  });

  it('are those of its owner alone also when the folder was made by hand', async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await (await openInline(folder)).close();
    expect(rights()).toEqual(ownerOnly);
  });

  it('stay as they are in a folder that is refused because it holds other files', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'letter.txt'), '');
    chmodSync(folder, 0o755);
    await expect(openInline(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_NOT_OURS' });
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });
});
