import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InlineFrameWriter } from '../../../src/storage/frame-writer.ts';
import { openLogStore } from '../../../src/storage/log-store.ts';
import type { Store } from '../../../src/storage/store.ts';
import type { SimulatedDisk } from '../simulated-disk.ts';

export interface OpenedStore {
  readonly store: Store;
}

/** Opens the store in the folder on the simulated disk, as every suite of this folder does. */
export type StoreOpener = (disk: SimulatedDisk, folder: string) => Promise<Store>;

/** Small segments: a commit or two fill one. */
export const segmentBytesMax = 700;

export const openOnDisk: StoreOpener = (disk, folder) =>
  openLogStore({ folder, disk, segmentBytesMax, writer: (start) => new InlineFrameWriter(start, disk) });

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
