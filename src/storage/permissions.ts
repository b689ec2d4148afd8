import { chmodSync, fchmodSync, fstatSync, statSync, type Stats } from 'node:fs';

/** Permissions inside a state folder: only for the owner, since state is as confidential as the events that it comes from. */
export const ownerFolderMode = 0o700;
export const ownerFileMode = 0o600;

/** Removes the permissions of other users from a file or folder of this user, whatever the umask is. */
export function protect(path: string): void {
  const stats = statSync(path);
  if (isOwn(stats)) tolerating(stats, (mode) => chmodSync(path, mode));
}

/** Removes the permissions of other users from an open file or folder of this user. */
export function protectOpen(file: number): void {
  const stats = fstatSync(file);
  if (isOwn(stats)) tolerating(stats, (mode) => fchmodSync(file, mode));
}

/** Returns the effective user of this process; undefined on Windows. */
export function ownUser(): number | undefined {
  return process.geteuid?.();
}

/** A folder of another user, such as the mount point of a volume, keeps the permissions that its owner chose. */
function isOwn({ uid }: Stats): boolean {
  return uid === ownUser();
}

function tolerating(stats: Stats, change: (mode: number) => void): void {
  const mode = stats.isDirectory() ? ownerFolderMode : ownerFileMode;
  if ((stats.mode & 0o777) === mode) return;
  try {
    change(mode);
  } catch {
    // A file system without permissions, or one that is mounted read-only: writing to it fails elsewhere.
  }
}
