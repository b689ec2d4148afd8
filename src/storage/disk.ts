import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { ownerFileMode, protect, protectOpen } from './permissions.ts';

/** How a file is opened. `create` fails if the file exists; the others fail if it does not. A created file is accessible to its owner only. */
export type OpenMode = 'read' | 'write' | 'create';

export interface DiskSpace {
  /** Space that this user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * Every file operation of the log store, as thin as the system calls below it, so that a simulated disk can fill up, fail, tear and
 * lose writes. Each operation blocks the calling thread.
 */
export interface Disk {
  openSync(path: string, mode: OpenMode): number;
  closeSync(file: number): void;
  /** Writes the bytes from `start` on, or a part of them. Returns the number of bytes written. */
  writeSync(file: number, bytes: Uint8Array, start: number, position: number): number;
  fdatasyncSync(file: number): void;
  truncateSync(file: number, size: number): void;
  /** Reads into the buffer from `start` on. Returns the number of bytes read, 0 at the end of the file. */
  readSync(file: number, into: Uint8Array, start: number, position: number): number;
  sizeSync(path: string): number;
  listSync(folder: string): readonly string[];
  /** Creates the folder, accessible to its owner only, and its parents. Returns the topmost folder that was created. */
  makeFolderSync(folder: string): string | undefined;
  /** Makes the names in the folder durable. */
  syncFolderSync(folder: string): void;
  renameSync(from: string, to: string): void;
  /** Removes a file. Does nothing if the file does not exist. */
  removeSync(path: string): void;
  /** Returns the space on the disk of the folder; infinite if it is unknown. */
  spaceSync(folder: string): DiskSpace;
  /** Removes the permissions of other users from a file or folder; see {@link protect}. */
  protectSync(path: string): void;
}

const openFlags: Readonly<Record<OpenMode, string>> = { read: 'r', write: 'r+', create: 'wx+' };

/** The disk of the machine. */
export const nodeDisk: Disk = {
  openSync(path, mode) {
    const file = openSync(path, openFlags[mode], ownerFileMode);
    if (mode === 'create') protectOpen(file);
    return file;
  },
  closeSync,
  writeSync: (file, bytes, start, position) => writeSync(file, bytes, start, bytes.byteLength - start, position),
  fdatasyncSync,
  truncateSync: ftruncateSync,
  readSync: (file, into, start, position) => readSync(file, into, start, into.byteLength - start, position),
  sizeSync: (path) => statSync(path).size,
  listSync: (folder) => readdirSync(folder),
  makeFolderSync(folder) {
    const topmost = mkdirSync(folder, { recursive: true });
    if (topmost !== undefined) protect(folder);
    return topmost;
  },
  syncFolderSync(folder) {
    // Windows cannot open a folder; NTFS journals its names by itself.
    if (process.platform === 'win32') return;
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  renameSync,
  removeSync: (path) => rmSync(path, { force: true }),
  spaceSync(folder) {
    try {
      const { bavail, blocks, bsize } = statfsSync(folder);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch {
      return { freeBytes: Infinity, totalBytes: Infinity };
    }
  },
  protectSync: protect,
};

/** Writes all bytes. One `writeSync` may write fewer. */
export function writeFullySync(disk: Disk, file: number, bytes: Uint8Array, position: number): void {
  for (let start = 0; start < bytes.byteLength;) {
    const written = disk.writeSync(file, bytes, start, position + start);
    // POSIX allows this only for empty writes. Trying again would loop without end.
    if (written === 0) throw new Error('the disk wrote no byte and reported no error');
    start += written;
  }
}

/** Reads until the buffer is full or the file ends. Returns the number of bytes read. */
export function readFullySync(disk: Disk, file: number, into: Uint8Array, position: number): number {
  let start = 0;
  while (start < into.byteLength) {
    const bytesRead = disk.readSync(file, into, start, position + start);
    if (bytesRead === 0) break;
    start += bytesRead;
  }
  return start;
}
