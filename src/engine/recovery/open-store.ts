import { upgradeLayout } from './upgrade-layout.ts';
import type { Logger } from '../../shared/logger.ts';
import type { LogStore } from '../../storage/log-store.ts';
import { openLogStore, type LogStoreOptions } from '../../storage/open-log-store.ts';

/** Time after which reading the state is logged, and then again with its progress, in milliseconds. */
const loggedAfterMs = 1_000;

/** Opens the store of an application. Logs the progress when that takes long, and upgrades a store of an earlier version. */
export async function openStore(
  options: Pick<LogStoreOptions, 'folder' | 'disk' | 'segmentBytesMax' | 'compactionBytesPerSecondMax' | 'threads' | 'lock'> & {
    readonly logger: Logger;
  },
): Promise<LogStore> {
  const { logger, folder } = options;
  const store = await openLogStore({ ...options, progress: logProgress(logger, folder) });
  const { commits, keys, bytes, frames, durationMs, upgraded } = store.recovery;
  if (upgraded !== undefined) {
    await upgrade(store, upgraded.collections);
    logger.info('the state folder was upgraded', { folder, from: upgraded.formatVersion, to: store.identity.formatVersion });
  }
  const facts = { folder, commits, keys, bytes, frames, durationMs: Math.round(durationMs) };
  if (durationMs > loggedAfterMs) logger.info('the state was read', facts);
  else logger.debug('the state was read', facts);
  return store;
}

/** Upgrades the layout. After a crash the next start does the rest. */
async function upgrade(store: LogStore, collections: readonly string[]): Promise<void> {
  try {
    await upgradeLayout(store, collections);
    store.finishUpgrade();
  } catch (error) {
    await store.close();
    throw error;
  }
}

function logProgress(logger: Logger, folder: string): (bytesRead: number, bytesTotal: number) => void {
  let logAtMs = performance.now() + loggedAfterMs;
  return (bytesRead, bytesTotal) => {
    if (performance.now() < logAtMs) return;
    logAtMs = performance.now() + loggedAfterMs;
    logger.info('reading the state', { folder, percent: Math.floor((100 * bytesRead) / bytesTotal), bytesTotal });
  };
}
