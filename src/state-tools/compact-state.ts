import type { Logger } from '../shared/logger.ts';
import { inlineThreads } from '../storage/threads/store-threads.ts';
import { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';
import { openStore } from '../engine/recovery/open-store.ts';

export interface StateCompaction {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly segmentsBefore: number;
  readonly segmentsAfter: number;
}

/**
 * Reclaims the space of everything but the newest entries of a stopped application, as far as there is room to write those again.
 *
 * Throws STATE_FOLDER_ABSENT when there is no state, and STATE_FOLDER_LOCKED while the application runs, which compacts by itself.
 */
export async function compactState(folder: string, logger: Logger): Promise<StateCompaction> {
  // Opening a store would create a missing folder; opening a snapshot throws.
  const snapshot = await StoreSnapshot.open({ folder });
  const { segments } = snapshot;
  snapshot.close();
  // The caller waits for the end, so threads gain nothing.
  const store = await openStore({ folder, logger, threads: inlineThreads() });
  try {
    await store.compact();
    const { bytes, segments: segmentsAfter } = store.stats();
    const bytesBefore = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return { bytesBefore, bytesAfter: bytes, segmentsBefore: segments.length, segmentsAfter };
  } finally {
    await store.close();
  }
}
