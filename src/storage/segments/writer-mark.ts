import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';
import type { Disk } from '../disk.ts';
import { isSystemError } from '../store-errors.ts';

/*
 * The mark of the process that writes a state folder: an empty file with a name that no other process uses.
 *
 * STORE-W1. A process that opens a folder for writing sets its own mark and removes all others before it reads anything.
 * STORE-W2. A writer whose mark is gone has lost the folder to another process. It writes and removes nothing there any more.
 *
 * It protects the folder if the lock fails: it needs no socket, and checking it needs no file descriptor. Running processes must see it, but it
 * need not survive a power cut.
 */
const markName = /^writer-[0-9a-f]{16}\.mark$/;

export function isMarkName(name: string): boolean {
  return markName.test(name);
}

/** Takes the folder over from any earlier writer. Returns the path of the mark. */
export function setMark(disk: Disk, folder: string): string {
  const own = `writer-${randomBytes(8).toString('hex')}.mark`;
  disk.closeSync(disk.openSync(join(folder, own), 'create'));
  for (const name of disk.listSync(folder)) {
    if (isMarkName(name) && name !== own) disk.removeSync(join(folder, name));
  }
  return join(folder, own);
}

/** Removes the mark when the folder is no longer written. A mark that stays has no meaning after its process has ended. */
export function removeMark(disk: Disk, mark: string): void {
  try {
    disk.removeSync(mark);
  } catch {
    // The next process that opens the folder removes it.
  }
}

/** Whether the mark exists. Throws when the disk fails. */
export function isMarked(disk: Disk, mark: string): boolean {
  try {
    disk.sizeSync(mark);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Throws STATE_FOLDER_CHANGED when another process has taken the folder over. */
export function ensureMarked(disk: Disk, mark: string): void {
  if (isMarked(disk, mark)) return;
  throw changedError(mark, 'it is gone: another process has opened the state folder');
}

/** Throws STATE_FOLDER_CHANGED when the size of the file is not the one that this writer left. */
export function ensureSize(disk: Disk, path: string, bytes: number): void {
  let size: number;
  try {
    size = disk.sizeSync(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) throw changedError(path, 'it is gone');
    throw error;
  }
  if (size !== bytes) throw changedError(path, `it has ${size} bytes, and this process left it with ${bytes}`);
}

function changedError(path: string, reason: string): StatefunError {
  const summary = `${path} was changed by somebody else while this engine used it: ${reason}.`;
  return new StatefunError('STATE_FOLDER_CHANGED', summary, { facts: { path, reason } });
}
