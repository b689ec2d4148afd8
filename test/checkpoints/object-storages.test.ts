import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../src/checkpoints/file/file-errors.ts';
import { FileStorage } from '../../src/checkpoints/file/file-storage.ts';
import { realPacing } from '../../src/checkpoints/pacing.ts';
import { UploadBudget } from '../../src/checkpoints/upload-budget.ts';
import { describeObjectStorage } from '../contracts/object-storage-contract.ts';
import { createTemporaryFolder, removeFolder } from '../storage/log-fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

const budget = new UploadBudget(Infinity, realPacing);

describeObjectStorage('MemoryStorage', () => {
  const storage = new MemoryStorage();
  return { storage, reopen: () => new MemoryStorage(storage.shared), dispose: () => undefined };
});

describeObjectStorage('FileStorage', () => {
  const parent = createTemporaryFolder();
  const open = (): FileStorage => new FileStorage({ folder: join(parent, 'checkpoints'), budget });
  return { storage: open(), reopen: open, dispose: () => removeFolder(parent) };
});

describe('FileStorage', () => {
  it('does not create the parent of its folder: a disk that is not mounted is no empty one', async () => {
    const parent = createTemporaryFolder();
    rmSync(parent, { recursive: true });
    const storage = new FileStorage({ folder: join(parent, 'checkpoints'), budget });
    await expect(storage.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
    await expect(storage.get('a')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
    await expect(storage.list('')).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_ABSENT' });
  });

  it('leaves out of its list what an interrupted upload left', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'segments'));
    writeFileSync(join(folder, 'segments', '.a.0123456789abcdef'), 'half');
    const storage = new FileStorage({ folder, budget });
    await storage.put('segments/a', Buffer.from('whole'));
    expect(await storage.list('segments/')).toEqual({ objects: [{ key: 'segments/a', bytes: 5 }], next: undefined });
    removeFolder(folder);
  });

  it('removes what interrupted uploads have left for a day, and not what may be running', async () => {
    const folder = createTemporaryFolder();
    mkdirSync(join(folder, 'segments'));
    const [old, young] = ['.a.0123456789abcdef', '.b.0123456789abcdef'].map((name) => join(folder, 'segments', name));
    for (const path of [old ?? '', young ?? '']) writeFileSync(path, 'half');
    const yesterday = Date.now() / 1_000 - 25 * 3_600;
    utimesSync(old ?? '', yesterday, yesterday);
    await new FileStorage({ folder, budget }).put('segments/a', Buffer.from('whole'));
    expect(readdirSync(join(folder, 'segments')).sort()).toEqual(['.b.0123456789abcdef', 'a']);
    removeFolder(folder);
  });

  it.each([
    ['EACCES', 'CHECKPOINT_STORAGE_DENIED'],
    ['EROFS', 'CHECKPOINT_STORAGE_DENIED'],
    ['ENOENT', 'CHECKPOINT_STORAGE_ABSENT'],
    ['EIO', 'CHECKPOINT_STORAGE_FAILED'],
    ['ENOSPC', 'CHECKPOINT_STORAGE_FAILED'],
  ])('reports %s of the system as %s', (code, expected) => {
    expect(fileError('file:/backup', 'write a', Object.assign(new Error(code), { code }))).toMatchObject({ code: expected });
  });
});
