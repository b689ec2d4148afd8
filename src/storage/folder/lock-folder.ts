import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';
import { ownerFolderMode, ownUser, protect, protectOpen } from '../permissions.ts';
import { isSystemError } from '../store-errors.ts';

/** Longest path of a socket, in bytes. The limit is 104 on macOS and 108 on Linux, and longer paths are cut silently. */
const socketPathBytesMax = 100;

/** Length of the longest socket name. */
const nameBytesMax = `${'0'.repeat(16)}.sock`.length;

/** A claimant creates the folder and accepts only files of its own user. An asker that is the superuser accepts files of other users. */
type Role = 'claimant' | 'asker';

/**
 * The folder `lock/` inside a state folder, which contains the sockets of the lock. It stays open and every path goes through the open folder, so
 * that the checked folder is the one that is used.
 *
 * STORE-F1. A link, a folder or a socket of another user is refused, and nothing is removed: that user could remove the socket of a holder.
 * STORE-F2. On Linux the path of a socket is `/proc/self/fd/<file>/<name>`, which is short even if the path of the folder is long.
 */
export class LockFolder {
  readonly #folder: string;
  readonly #file: number;
  readonly #role: Role;
  readonly #way: string;

  /** Opens the folder for a claimant. Creates it if needed, accessible to its owner only. */
  static create(folder: string): LockFolder {
    const path = lockFolderOf(folder);
    if (created(path)) protect(path);
    return new LockFolder(folder, openFolder(folder, path), 'claimant');
  }

  /** Opens the folder for an asker; undefined when no process ever claimed the state folder. */
  static find(folder: string): LockFolder | undefined {
    try {
      return new LockFolder(folder, openFolder(folder, lockFolderOf(folder)), 'asker');
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  private constructor(folder: string, file: number, role: Role) {
    this.#folder = folder;
    this.#file = file;
    this.#role = role;
    try {
      this.#ensureOwn(lockFolderOf(folder), fstatSync(file).uid);
      if (role === 'claimant') protectOpen(file);
      this.#way = wayTo(folder, file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Returns the names of all sockets, those with temporary names included. Throws when one of them belongs to another user. */
  names(): readonly string[] {
    const names = readdirSync(this.#way).filter((name) => name.endsWith('.sock') || name.endsWith('.new'));
    for (const name of names) this.#ensureOwnSocket(name);
    return names;
  }

  /** Returns the path of a socket, for binding and connecting. */
  pathOf(name: string): string {
    return `${this.#way}/${name}`;
  }

  rename(from: string, to: string): void {
    renameSync(this.pathOf(from), this.pathOf(to));
  }

  /** Removes a socket. Does nothing if the socket does not exist. */
  remove(name: string): void {
    rmSync(this.pathOf(name), { force: true });
  }

  close(): void {
    closeSync(this.#file);
  }

  #ensureOwnSocket(name: string): void {
    const path = join(lockFolderOf(this.#folder), name);
    const stats = lstatSync(this.pathOf(name), { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) throw linkError(this.#folder, path);
    this.#ensureOwn(path, stats.uid);
  }

  #ensureOwn(path: string, owner: number): void {
    const user = ownUser();
    if (owner === user || (this.#role === 'asker' && user === 0)) return;
    throw new StatefunError('STATE_FOLDER_UNUSABLE', `${path} belongs to user ${owner}, and this process runs as user ${user}.`, {
      facts: { folder: this.#folder, path, owner, user },
      hint: `User ${owner} could take the lock away from an engine that holds it. Run as that user; or make sure that no engine of user ${owner} runs on this folder, then remove ${lockFolderOf(this.#folder)}. Nothing was removed.`,
    });
  }
}

export function lockFolderOf(folder: string): string {
  return join(folder, 'lock');
}

function created(path: string): boolean {
  try {
    mkdirSync(path, { mode: ownerFolderMode });
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

function openFolder(folder: string, path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) throw linkError(folder, path);
    throw error;
  }
}

function wayTo(folder: string, file: number): string {
  const short = `/proc/self/fd/${file}`;
  // Without /proc, or with the /proc of another kernel, the path leads nowhere or to another file.
  if (process.platform === 'linux' && existsSync(short) && isSame(short, file)) return short;
  const path = lockFolderOf(folder);
  const bytes = Buffer.byteLength(path) + 1 + nameBytesMax;
  if (bytes <= socketPathBytesMax) return path;
  const summary = `the path of the state folder ${folder} is too long: a socket in it has ${bytes} bytes, and this system allows ${socketPathBytesMax}.`;
  throw new StatefunError('STATE_FOLDER_UNUSABLE', summary, {
    facts: { folder, bytes, bytesMax: socketPathBytesMax },
    hint: `Choose a state folder whose path has at most ${socketPathBytesMax - nameBytesMax - '/lock/'.length} bytes.`,
  });
}

function isSame(path: string, file: number): boolean {
  const [found, open] = [statSync(path), fstatSync(file)];
  return found.dev === open.dev && found.ino === open.ino;
}

function linkError(folder: string, path: string): StatefunError {
  return new StatefunError(
    'STATE_FOLDER_UNUSABLE',
    `${path} is a symbolic link, and the lock of a state folder lies in the folder itself.`,
    {
      facts: { folder, path },
      hint: 'Remove the link when no engine uses the folder. Nothing was removed.',
    },
  );
}
