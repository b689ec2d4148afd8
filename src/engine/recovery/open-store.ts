import { upgradeLayout } from './upgrade-layout.ts';
import type { Logger } from '../../shared/logger.ts';
import type { LogStore } from '../../storage/log-store.ts';
import { openLogStore, type LogStoreOptions } from '../../storage/open-log-store.ts';

/** Reading state that takes longer is told, and then told how far it is, in milliseconds. */
const toldAfterMs = 1_000;

/** Opens the store of an application, tells about it when that takes long, and brings one of an earlier version up to date. */
export async function openStore(
  options: Pick<LogStoreOptions, 'folder' | 'segmentBytesMax' | 'compactionBytesPerSecondMax' | 'threads'> & { readonly logger: Logger },
): Promise<LogStore> {
  const { logger, folder } = options;
  const store = await openLogStore({ ...options, progress: toldProgress(logger, folder) });
  const { commits, keys, bytes, frames, durationMs, upgraded } = store.recovery;
  if (upgraded !== undefined) {
    await upgrade(store, upgraded.collections);
    logger.info('the state folder was upgraded', { folder, from: upgraded.formatVersion, to: store.identity.formatVersion });
  }
  const facts = { folder, commits, keys, bytes, frames, durationMs: Math.round(durationMs) };
  if (durationMs > toldAfterMs) logger.info('the state was read', facts);
  else logger.debug('the state was read', facts);
  return store;
}

/** A crash before the end of it leaves the rest to the next start. */
async function upgrade(store: LogStore, collections: readonly string[]): Promise<void> {
  try {
    await upgradeLayout(store, collections);
    store.finishUpgrade();
  } catch (error) {
    await store.close();
    throw error;
  }
}

function toldProgress(logger: Logger, folder: string): (bytesRead: number, bytesTotal: number) => void {
  let tellAtMs = performance.now() + toldAfterMs;
  return (bytesRead, bytesTotal) => {
    if (performance.now() < tellAtMs) return;
    tellAtMs = performance.now() + toldAfterMs;
    logger.info('reading the state', { folder, percent: Math.floor((100 * bytesRead) / bytesTotal), bytesTotal });
  };
}
