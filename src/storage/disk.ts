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

/** How a file is opened: `create` fails when it is there already, the others fail when it is not; what is created is for its owner alone. */
export type OpenMode = 'read' | 'write' | 'create';

export interface DiskSpace {
  /** How much this user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * Every file operation of the log store, as thin as the system calls below it, so that a simulated disk can fill up, fail, tear and
 * forget. The calling thread waits for the disk: whoever must not wait has a thread that does.
 */
export interface Disk {
  openSync(path: string, mode: OpenMode): number;
  closeSync(file: number): void;
  /** Writes from `start` to the end of the bytes, or a part of it, and answers how much. */
  writeSync(file: number, bytes: Uint8Array, start: number, position: number): number;
  fdatasyncSync(file: number): void;
  truncateSync(file: number, size: number): void;
  /** Reads up to as many bytes as fit behind `start`, or fewer; 0 at the end of the file. */
  readSync(file: number, into: Uint8Array, start: number, position: number): number;
  sizeSync(path: string): number;
  listSync(folder: string): readonly string[];
  /** Creates the folder, for its owner alone, and those above it; returns the topmost one it created. */
  makeFolderSync(folder: string): string | undefined;
  /** Makes the names in the folder durable. */
  syncFolderSync(folder: string): void;
  renameSync(from: string, to: string): void;
  /** Removes a file; one that is not there is fine. */
  removeSync(path: string): void;
  /** The space of the disk of the folder; infinite where nobody knows. */
  spaceSync(folder: string): DiskSpace;
  /** Takes the rights of other users away from a file or folder; see {@link protect}. */
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

/** Writes all bytes: a disk may take fewer than it is given. */
export function writeFullySync(disk: Disk, file: number, bytes: Uint8Array, position: number): void {
  for (let start = 0; start < bytes.byteLength;) {
    const written = disk.writeSync(file, bytes, start, position + start);
    // POSIX allows it for nothing but empty writes; going on would loop for ever.
    if (written === 0) throw new Error('the disk took no byte of a write and named no reason');
    start += written;
  }
}

/** Reads until the buffer is full or the file ends, and answers how much was read. */
export function readFullySync(disk: Disk, file: number, into: Uint8Array, position: number): number {
  let start = 0;
  while (start < into.byteLength) {
    const bytesRead = disk.readSync(file, into, start, position + start);
    if (bytesRead === 0) break;
    start += bytesRead;
  }
  return start;
}
