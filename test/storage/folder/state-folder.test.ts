import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeDisk } from '../../../src/storage/disk.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../log-fixture.ts';
import { SimulatedDisk } from '../simulated-disk.ts';

describe('a state folder', () => {
  let folder: string;
  const storeFile = (): string => join(folder, 'store.json');
  const create = async (): Promise<void> => {
    const store = await openInline(folder);
    await store.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    await store.close();
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
  });

  afterEach(() => removeFolder(folder));

  it('is created with the folders above it', async () => {
    const root = folder;
    folder = join(root, 'a', 'b');
    await create();
    expect(readdirSync(folder).sort()).toEqual(['index.dump', 'lock', 'manifest.json', 'segments', 'store.json']);
    folder = root;
  });

  it('may be an empty folder in which the system has left its own files', async () => {
    mkdirSync(join(folder, 'lost+found'));
    writeFileSync(join(folder, '.DS_Store'), '');
    await create();
  });

  it('is refused when it holds other files', async () => {
    writeFileSync(join(folder, 'index.js'), '');
    await expect(openInline(folder)).rejects.toMatchObject({ code: 'STATE_FOLDER_NOT_OURS', facts: { folder, found: ['index.js'] } });
    expect(readdirSync(folder)).toEqual(['index.js']);
  });

  it('is refused when it is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await expect(openInline(file)).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'EEXIST' } });
    await expect(openInline(join(file, 'below'))).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'ENOTDIR' } });
  });

  it('is refused when nothing can be written to it', async () => {
    const openSync = (path: string, mode: 'read' | 'write' | 'create'): number => {
      if (mode !== 'read') throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
      return nodeDisk.openSync(path, mode);
    };
    const disk = { ...nodeDisk, openSync };
    await expect(openInline(folder, { disk })).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'EROFS' } });
    await create();
    await expect(openInline(folder, { disk })).rejects.toMatchObject({ code: 'STATE_FOLDER_UNUSABLE', cause: { code: 'EROFS' } });
  });

  it('is completed when its creation was interrupted at any file operation', async () => {
    for (let allowed = 0, interrupted = true; interrupted; allowed += 1) {
      let calls = 0;
      interrupted = false;
      const step = <A extends unknown[], R>(operation: (...args: A) => R) => {
        return (...args: A): R => {
          calls += 1;
          if (calls <= allowed) return operation(...args);
          interrupted = true;
          throw new Error('simulated');
        };
      };
      const disk = {
        ...nodeDisk,
        openSync: step(nodeDisk.openSync),
        writeSync: step(nodeDisk.writeSync),
        fdatasyncSync: step(nodeDisk.fdatasyncSync),
        renameSync: step(nodeDisk.renameSync),
        syncFolderSync: step(nodeDisk.syncFolderSync),
      };
      await openInline(folder, { disk }).then(
        (store) => store.close(),
        () => undefined,
      );
      await create();
      removeFolder(folder);
    }
  });

  // A start that had ended between creating a name and syncing it left the next one to commit below a name that a power cut took away.
  it('keeps commits through a power cut, whatever step of an earlier start was its last', async () => {
    const open = (disk: SimulatedDisk): ReturnType<typeof openInline> => openInline(join(folder, 'a', 'b'), { disk });
    mkdirSync(join(folder, 'a', 'b'), { recursive: true }); // for the lock, which is no part of the simulated disk
    for (let last = 1, ended = true; ended; last += 1) {
      const first = new SimulatedDisk(last);
      first.faults.stopAtStep(last);
      await open(first).then(
        (store) => store.close(),
        () => undefined,
      );
      ended = first.faults.stopped;
      const second = first.processCrash(last);
      const store = await open(second);
      await store.commit([{ collection: 'c', key: 'k', value: 'v' }]);
      await store.close();
      for (let outcome = 0; outcome < 8; outcome += 1) {
        const recovered = await open(second.powerCut(outcome));
        expect(await recovered.load('c')).toHaveLength(1);
        await recovered.close();
      }
    }
  });

  it('names the file, with a code, when it cannot be looked at', async () => {
    await create();
    for (const operation of ['sizeSync', 'listSync'] as const) {
      for (let calls = 0, failed = true; failed; calls += 1) {
        let left = calls;
        const failing = (path: string): never => {
          throw Object.assign(new Error(`EIO: simulated, '${path}'`), { code: 'EIO', syscall: operation });
        };
        const disk = { ...nodeDisk, [operation]: (path: string) => (left-- > 0 ? nodeDisk[operation](path) : failing(path)) };
        const code = await openInline(folder, { disk }).then(
          (store) => store.close(),
          (error: { code?: string }) => error.code ?? 'none',
        );
        failed = left < 0;
        // Without the dump of the index the store opens all the same.
        expect([undefined, 'STORE_READ_FAILED', 'STATE_FOLDER_UNUSABLE']).toContain(code);
      }
    }
  });

  it('is refused when store.json is lost and commits are there', async () => {
    await create();
    rmSync(storeFile());
    await expect(openInline(folder)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      facts: { file: storeFile(), reason: 'the file is missing' },
    });
  });

  it('is refused when its segments are lost', async () => {
    await create();
    rmSync(join(folder, 'segments'), { recursive: true });
    const file = join(folder, 'segments', '00000001.log');
    await expect(openInline(folder)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file, reason: 'the file is missing' } });
  });

  it('is refused, or the same, when store.json is cut at any byte', async () => {
    await create();
    const text = readFileSync(storeFile(), 'utf8');
    // The last byte is the line end, which means nothing.
    for (let length = 0; length < text.length - 1; length += 1) {
      writeFileSync(storeFile(), text.slice(0, length));
      await expect(openInline(folder)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: storeFile() } });
    }
  });

  it('is refused when store.json has changed', async () => {
    await create();
    writeFileSync(storeFile(), readFileSync(storeFile(), 'utf8').replace('128', '129'));
    await expect(openInline(folder)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: storeFile() } });
  });

  it('is refused when a later version has written it', async () => {
    await create();
    // The checksum is Python's zlib.crc32 of the other members.
    writeFileSync(storeFile(), '{"formatVersion":4,"storeId":"00112233-4455-6677-8899-aabbccddeeff","note":"x","checksum":"48dfea70"}');
    await expect(openInline(folder)).rejects.toMatchObject({
      code: 'STORE_FORMAT_NEWER',
      facts: { formatVersion: 4, formatVersionKnown: 3 },
    });
    expect(statSync(join(folder, 'segments', '00000001.log')).size).toBe(36 + 28 + 24 + 3);
  });
});
