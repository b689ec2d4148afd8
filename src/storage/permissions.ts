import { chmodSync, fchmodSync, fstatSync, statSync, type Stats } from 'node:fs';

/** Rights of folders and files of a state folder: for their owner alone, since state is as confidential as the events it comes from. */
export const ownerFolderMode = 0o700;
export const ownerFileMode = 0o600;

/** Takes the rights of other users away from a file or folder that belongs to this user, whatever the umask left. */
export function protect(path: string): void {
  const stats = statSync(path);
  if (isOwn(stats)) tolerating(stats, (mode) => chmodSync(path, mode));
}

/** The same for one that is open. */
export function protectOpen(file: number): void {
  const stats = fstatSync(file);
  if (isOwn(stats)) tolerating(stats, (mode) => fchmodSync(file, mode));
}

/** The user whose rights count for this process; undefined on Windows. */
export function ownUser(): number | undefined {
  return process.geteuid?.();
}

/** A folder of another user, such as the mount point of a volume, keeps the rights that its owner chose. */
function isOwn({ uid }: Stats): boolean {
  return uid === ownUser();
}

function tolerating(stats: Stats, change: (mode: number) => void): void {
  const mode = stats.isDirectory() ? ownerFolderMode : ownerFileMode;
  if ((stats.mode & 0o777) === mode) return;
  try {
    change(mode);
  } catch {
    // A file system without rights, or one that is mounted read-only: writing to it is refused elsewhere.
  }
}
