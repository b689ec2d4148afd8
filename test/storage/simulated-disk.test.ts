import { beforeEach, describe, expect, it } from '@jest/globals';
import { DiskStopped } from './disk-faults.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const path = '/state/file';

/** The contents of a file, as text, or undefined when it is not there. */
function textOf(disk: SimulatedDisk, file: string): string | undefined {
  return disk.paths().includes(file) ? disk.bytesOf(file).toString('latin1') : undefined;
}

/** What a file may be after a power cut, over many outcomes. */
function outcomes(disk: SimulatedDisk, file: string = path): Set<string | undefined> {
  return new Set(Array.from({ length: 400 }, (_, seed) => textOf(disk.powerCut(seed), file)));
}

function write(disk: SimulatedDisk, file: number, text: string, position: number): number {
  return disk.writeSync(file, Buffer.from(text, 'latin1'), 0, position);
}

/** A file with the text in it, durable with its name, and open. */
function durable(disk: SimulatedDisk, text: string, name: string = path): number {
  const file = disk.openSync(name, 'create');
  write(disk, file, text, 0);
  disk.fdatasyncSync(file);
  disk.syncFolderSync('/state');
  return file;
}

function read(disk: SimulatedDisk, name: string): string {
  const file = disk.openSync(name, 'read');
  const into = Buffer.alloc(100);
  const length = disk.readSync(file, into, 0, 0);
  disk.closeSync(file);
  return into.toString('latin1', 0, length);
}

describe('the simulated disk', () => {
  let disk: SimulatedDisk;

  beforeEach(() => {
    disk = new SimulatedDisk(1);
    expect(disk.makeFolderSync('/state')).toBe('/state');
    disk.syncFolderSync('/');
  });

  it('shows what was written, before any sync', async () => {
    const file = disk.openSync(path, 'create');
    expect(write(disk, file, 'abc', 0)).toBe(3);
    write(disk, file, 'XY', 4);
    disk.truncateSync(file, 5);
    expect(read(disk, path)).toBe('abc\0X');
    expect(disk.sizeSync(path)).toBe(5);
    expect(disk.listSync('/state')).toEqual(['file']);
  });

  it('answers errors as the system does', () => {
    const file = durable(disk, 'abc');
    const reading = disk.openSync(path, 'read');
    disk.closeSync(file);
    for (const [code, call] of [
      ['EEXIST', () => disk.openSync(path, 'create')],
      ['ENOENT', () => disk.openSync('/state/none', 'read')],
      ['ENOENT', () => disk.openSync('/none/file', 'create')],
      ['ENOENT', () => disk.renameSync('/state/none', path)],
      ['ENOTDIR', () => disk.listSync(path)],
      ['EEXIST', () => disk.makeFolderSync(path)],
      ['EBADF', () => disk.closeSync(file)],
      ['EBADF', () => disk.writeSync(reading, Buffer.from('a'), 0, 0)],
    ] as const) {
      expect(call).toThrow(expect.objectContaining({ code }));
    }
    disk.removeSync('/state/none');
    expect(disk.makeFolderSync('/state')).toBeUndefined();
    expect(disk.makeFolderSync('/other/below')).toBe('/other');
  });

  describe('at a power cut', () => {
    it('keeps what was synced, and a new file only by its name', () => {
      durable(disk, 'abc');
      expect(outcomes(disk)).toEqual(new Set(['abc']));
      const file = disk.openSync('/state/new', 'create');
      write(disk, file, 'abc', 0);
      disk.fdatasyncSync(file);
      expect(outcomes(disk, '/state/new')).toEqual(new Set([undefined, 'abc']));
      disk.syncFolderSync('/state');
      expect(outcomes(disk, '/state/new')).toEqual(new Set(['abc']));
    });

    it('keeps the name of a file whose contents it loses', () => {
      const file = disk.openSync(path, 'create');
      write(disk, file, 'abc', 0);
      disk.syncFolderSync('/state');
      const seen = outcomes(disk);
      for (const text of ['', 'a', 'ab', 'abc', '\0\0\0']) expect(seen).toContain(text);
      expect(seen).not.toContain(undefined);
    });

    it('tears an unsynced write at any byte, and leaves what was synced around it', () => {
      const file = durable(disk, 'abcdef');
      write(disk, file, 'XYZ', 2);
      expect(outcomes(disk)).toEqual(new Set(['abcdef', 'abXdef', 'abXYef', 'abXYZf']));
    });

    it('keeps a later sector of a write and loses an earlier one', () => {
      const file = durable(disk, 'a'.repeat(1_024));
      write(disk, file, 'X'.repeat(1_024), 0);
      const seen = outcomes(disk);
      expect(seen).toContain('a'.repeat(512) + 'X'.repeat(512));
      expect(seen).toContain('X'.repeat(512) + 'a'.repeat(512));
    });

    it('keeps a later write and loses an earlier one', () => {
      const file = durable(disk, 'abc');
      write(disk, file, 'X', 0);
      write(disk, file, 'Y', 2);
      expect(outcomes(disk)).toEqual(new Set(['abc', 'Xbc', 'abY', 'XbY']));
    });

    it('lets a file have grown without its bytes: zeros, or what was there before', () => {
      const file = durable(disk, 'ab');
      write(disk, file, 'XY', 2);
      const seen = outcomes(disk);
      for (const text of ['ab', 'abX', 'abXY', 'ab\0\0']) expect(seen).toContain(text);
      // Whatever else there is: no synced byte is touched.
      for (const text of seen) expect(text?.slice(0, 2)).toBe('ab');
      expect(seen.size).toBeGreaterThan(5);
    });

    it('undoes an unsynced truncation or does not', () => {
      const file = durable(disk, 'abc');
      disk.truncateSync(file, 1);
      expect(outcomes(disk)).toEqual(new Set(['abc', 'a']));
    });

    it('brings back removed files, and renames whole or not at all, each by itself', () => {
      for (const name of ['a', 'b', 'c']) durable(disk, name, `/state/${name}`);
      disk.removeSync('/state/a');
      disk.renameSync('/state/b', '/state/c');
      const seen = new Set(
        Array.from({ length: 400 }, (_, seed) => disk.powerCut(seed)).map((after) => after.listSync('/state').sort().join()),
      );
      expect(seen).toEqual(new Set(['a,b,c', 'a,c', 'b,c', 'c']));
      expect(outcomes(disk, '/state/c')).toEqual(new Set(['c', 'b']));
      expect(outcomes(disk, '/state/b')).toEqual(new Set(['b', undefined]));
      disk.syncFolderSync('/state');
      expect(disk.powerCut(1).listSync('/state')).toEqual(['c']);
    });

    it('loses a folder, with all that was synced in it, whose name in the folder above was not synced', () => {
      disk.makeFolderSync('/state/below');
      const file = disk.openSync('/state/below/file', 'create');
      write(disk, file, 'abc', 0);
      disk.fdatasyncSync(file);
      disk.syncFolderSync('/state/below');
      expect(outcomes(disk, '/state/below/file')).toEqual(new Set([undefined, 'abc']));
    });

    it('has the same outcome for the same seed', () => {
      const file = durable(disk, 'abc');
      write(disk, file, 'X'.repeat(5_000), 1);
      for (let seed = 0; seed < 20; seed += 1) expect(disk.powerCut(seed).bytesOf(path)).toEqual(disk.powerCut(seed).bytesOf(path));
    });
  });

  describe('after a failed sync', () => {
    it('counts the bytes as synced though they may not be on the disk', () => {
      const seen = new Set<string | undefined>();
      for (let seed = 0; seed < 100; seed += 1) {
        const tried = new SimulatedDisk(seed);
        tried.makeFolderSync('/state');
        tried.syncFolderSync('/');
        const file = durable(tried, 'abc');
        write(tried, file, 'X', 1);
        tried.faults.arm({ code: 'EIO', operations: ['fdatasyncSync'] });
        expect(() => tried.fdatasyncSync(file)).toThrow(expect.objectContaining({ code: 'EIO' }));
        // It looks written, and the next sync succeeds without doing anything about it.
        expect(textOf(tried, path)).toBe('aXc');
        tried.fdatasyncSync(file);
        expect(outcomes(tried).size).toBe(1);
        for (const text of outcomes(tried)) seen.add(text);
      }
      expect(seen).toEqual(new Set(['abc', 'aXc']));
    });

    it('makes durable what is written once more', () => {
      const file = durable(disk, 'abc');
      write(disk, file, 'X', 1);
      disk.faults.arm({ code: 'EIO', operations: ['fdatasyncSync'] });
      expect(() => disk.fdatasyncSync(file)).toThrow('EIO');
      write(disk, file, 'X', 1);
      disk.fdatasyncSync(file);
      expect(outcomes(disk)).toEqual(new Set(['aXc']));
    });
  });

  it('loses nothing that was written when the process crashes, synced or not, but for what a failed sync left', () => {
    const file = durable(disk, 'abc');
    write(disk, file, 'X', 0);
    disk.openSync('/state/new', 'create');
    const after = disk.processCrash(1);
    expect(textOf(after, path)).toBe('Xbc');
    expect(after.listSync('/state').sort()).toEqual(['file', 'new']);
    expect(outcomes(after)).toEqual(new Set(['abc', 'Xbc']));
    expect(outcomes(after, '/state/new')).toEqual(new Set([undefined, '']));

    const failing = new SimulatedDisk(2);
    failing.makeFolderSync('/state');
    const other = durable(failing, 'abc');
    write(failing, other, 'X', 0);
    failing.faults.arm({ code: 'EIO', operations: ['fdatasyncSync'] });
    expect(() => failing.fdatasyncSync(other)).toThrow('EIO');
    const seen = new Set(Array.from({ length: 50 }, (_, seed) => textOf(failing.processCrash(seed), path)));
    expect(seen).toEqual(new Set(['Xbc', 'abc']));
  });

  describe('with a fault', () => {
    it('fails the chosen operation once, or for ever, after others of its kind', () => {
      const file = durable(disk, '');
      disk.faults.arm({ code: 'EIO', operations: ['writeSync'], after: 1 });
      write(disk, file, 'a', 0);
      expect(() => write(disk, file, 'b', 1)).toThrow(expect.objectContaining({ code: 'EIO' }));
      write(disk, file, 'c', 1);
      expect(textOf(disk, path)).toBe('ac');
      disk.faults.arm({ code: 'ENOSPC', operations: ['renameSync', 'truncateSync'], times: Infinity });
      for (let time = 0; time < 3; time += 1) {
        expect(() => disk.truncateSync(file, 0)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
        expect(() => disk.renameSync(path, '/state/other')).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
      }
      expect(textOf(disk, path)).toBe('ac');
      expect(disk.faults.failures).toBe(7);
      disk.faults.disarm();
      disk.truncateSync(file, 0);
    });

    it('fails any operation on chosen files', async () => {
      const file = durable(disk, 'abc');
      disk.faults.arm({ code: 'EIO', path: /file$/, times: Infinity });
      disk.listSync('/state');
      expect(() => disk.openSync(path, 'read')).toThrow('EIO');
      expect(() => disk.readSync(file, Buffer.alloc(1), 0, 0)).toThrow('EIO');
      expect(() => disk.sizeSync(path)).toThrow('EIO');
      expect(() => disk.closeSync(file)).toThrow('EIO');
      expect(disk.openFiles).toEqual([]);
    });

    it('writes a part before it fails', () => {
      const file = durable(disk, '');
      disk.faults.arm({ code: 'EIO', operations: ['writeSync'], share: 0.5 });
      expect(() => write(disk, file, 'abcd', 0)).toThrow('EIO');
      expect(textOf(disk, path)).toBe('ab');
    });
  });

  it('takes what fits when it is full, and then nothing', () => {
    const file = durable(disk, 'abc');
    disk.bytesMax = 5;
    expect(write(disk, file, 'XYZ', 3)).toBe(2);
    expect(() => write(disk, file, 'Z', 5)).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    expect(write(disk, file, 'Z', 0)).toBe(1);
    expect(textOf(disk, path)).toBe('ZbcXY');
    disk.truncateSync(file, 1);
    expect(write(disk, file, 'XYZ', 1)).toBe(3);
  });

  it('does a part of reads and writes, now and then, when it is told to', async () => {
    const file = durable(disk, 'abcdefgh');
    disk.partial = true;
    const written = new Set<number>();
    const readBytes = new Set<number>();
    for (let time = 0; time < 100; time += 1) {
      written.add(write(disk, file, 'ABCDEFGH', 0));
      readBytes.add(disk.readSync(file, Buffer.alloc(8), 0, 0));
    }
    expect([...written].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...readBytes].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('counts every operation as a step, and stops in the middle of the chosen one', () => {
    const seen = new Set<string | undefined>();
    for (let seed = 0; seed < 200; seed += 1) {
      const stopping = new SimulatedDisk(seed);
      stopping.makeFolderSync('/state');
      const file = durable(stopping, 'abc');
      expect(stopping.faults.steps).toBe(5);
      stopping.faults.stopAtStep(6);
      expect(() => write(stopping, file, 'XYZ', 0)).toThrow(DiskStopped);
      expect(() => stopping.listSync('/state')).toThrow(DiskStopped);
      stopping.closeSync(file);
      expect(stopping.faults.steps).toBe(6);
      seen.add(textOf(stopping, path));
    }
    expect(seen).toEqual(new Set(['abc', 'Xbc', 'XYc', 'XYZ']));
  });
});
