import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogStore } from '../../../src/storage/open-log-store.ts';
import { inlineThreads } from '../../../src/storage/threads/store-threads.ts';
import type { Store } from '../../../src/storage/store.ts';
import type { LogStore } from '../../../src/storage/log-store.ts';
import type { SimulatedDisk } from '../simulated-disk.ts';

/** Opens the store in the folder on the simulated disk. */
export type StoreOpener = (disk: SimulatedDisk, folder: string) => Promise<Store>;

/** How every suite of this folder opens the log store: the one place to adapt when it is opened differently. */
export function openerFor(segmentBytesMax: number): (disk: SimulatedDisk, folder: string) => Promise<LogStore> {
  return (disk, folder) => openLogStore({ folder, disk, segmentBytesMax, threads: inlineThreads(disk) });
}

/** With small segments: a commit or two fill one. */
export const openOnDisk = openerFor(700);

/**
 * A folder for the lock, which is a real one also where the files are simulated; both disks know it by the same path. Everything else in
 * it exists on the simulated disk alone.
 */
export async function withLockFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sf-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
