import { findLockHolder } from '../storage/folder/folder-lock.ts';
import { StoreSnapshot, type SnapshotOptions } from '../storage/snapshot/store-snapshot.ts';

export type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';

/** Opens the state of an application, which may be running, for reading. Throws what {@link StoreSnapshot.open} throws. */
export function openSnapshot(options: SnapshotOptions): Promise<StoreSnapshot> {
  return StoreSnapshot.open(options);
}

/** The engine that uses the folder now; undefined when none does. */
export function findEngine(folder: string): Promise<{ readonly pid: number | undefined } | undefined> {
  return findLockHolder(folder);
}
