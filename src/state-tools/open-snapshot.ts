import { findLockHolder } from '../storage/folder/folder-lock.ts';
import { StoreSnapshot, type SnapshotOptions } from '../storage/snapshot/store-snapshot.ts';

export type { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';

/** Opens the state of an application for reading, also while it runs. Throws the errors of {@link StoreSnapshot.open}. */
export function openSnapshot(options: SnapshotOptions): Promise<StoreSnapshot> {
  return StoreSnapshot.open(options);
}

/** Returns the engine that uses the folder; undefined when none does. */
export function findEngine(folder: string): Promise<{ readonly pid: number | undefined } | undefined> {
  return findLockHolder(folder);
}
