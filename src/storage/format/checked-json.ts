import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import { readFullySync, writeFullySync, type Disk } from '../disk.ts';
import { corruptError, isSystemError, readFailedError } from '../store-errors.ts';

/*
 * A small file that is replaced as a whole. It is JSON; its last member is a CRC-32, in hex, of JSON.stringify of the other members.
 */

/**
 * Replaces the file atomically. A crash leaves the old file or the new one; when this returns, the new one is durable. If `beforeReplacing`
 * throws, the old file stays.
 */
export function writeCheckedJson(disk: Disk, folder: string, name: string, content: object, beforeReplacing?: () => void): void {
  const temporary = join(folder, temporaryNameOf(name));
  disk.removeSync(temporary);
  const file = disk.openSync(temporary, 'create');
  try {
    writeFullySync(disk, file, Buffer.from(`${JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 2)}\n`), 0);
    disk.fdatasyncSync(file);
  } finally {
    disk.closeSync(file);
  }
  beforeReplacing?.();
  disk.renameSync(temporary, join(folder, name));
  disk.syncFolderSync(folder);
}

/** Returns the content without its checksum. Throws STORE_CORRUPT or STORE_READ_FAILED. */
export function readCheckedJson(disk: Disk, folder: string, name: string): Readonly<Record<string, unknown>> {
  const path = join(folder, name);
  const text = readText(disk, path);
  try {
    const { checksum, ...content } = JSON.parse(text) as Record<string, unknown>; // anything but an object has no checksum
    if (checksum !== checksumOf(content)) throw new Error('checksum');
    return content;
  } catch {
    throw corruptError(path, 0, 'it is not what was written');
  }
}

/** Returns the name of the temporary file, which an interrupted replacement leaves behind. */
export function temporaryNameOf(name: string): string {
  return `${name}.new`;
}

function readText(disk: Disk, path: string): string {
  try {
    const bytes = Buffer.alloc(disk.sizeSync(path));
    const file = disk.openSync(path, 'read');
    try {
      return bytes.toString('utf8', 0, readFullySync(disk, file, bytes, 0));
    } finally {
      disk.closeSync(file);
    }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw corruptError(path, 0, 'the file is missing');
    throw readFailedError(path, error);
  }
}

function checksumOf(content: object): string {
  return crc32(JSON.stringify(content)).toString(16).padStart(8, '0');
}
