import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { StatefunError } from '../../shared/errors.ts';

/**
 * Opens a regular file, or creates it if the flags say so. Throws FILE_NOT_REGULAR for anything else without opening it: opening a pipe waits
 * for its other end, and pipes and devices have no offsets and cannot be made durable.
 */
export async function openRegularFile(path: string, flags: 'r' | 'a+', hint: string): Promise<FileHandle> {
  const found = await statIfThere(path);
  if (found !== undefined && !found.isFile()) {
    const kind = kindOf(found);
    throw new StatefunError('FILE_NOT_REGULAR', `${path} is ${kind}, not a regular file.`, { facts: { path, kind }, hint });
  }
  return await open(path, flags);
}

/** Whether the path still leads to the open file. It does not after the file was renamed, removed or created again. */
export async function isAtPath(file: FileHandle, path: string): Promise<boolean> {
  const found = await statIfThere(path);
  if (found === undefined) return false;
  const { dev, ino } = await file.stat();
  return found.dev === dev && found.ino === ino;
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isCharacterDevice() || stats.isBlockDevice() ? 'a device' : 'something else';
}
