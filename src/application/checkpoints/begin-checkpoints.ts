import type { CheckpointHost } from '../../checkpoints/checkpoint-host.ts';
import { CheckpointService, type Begun, type CheckpointSettings } from '../../checkpoints/checkpoint-service.ts';
import { LeaseGate } from '../../checkpoints/lease-gate.ts';
import type { LeaseState } from '../../checkpoints/lease.ts';
import { realPacing } from '../../checkpoints/pacing.ts';
import { CheckpointThread } from '../../checkpoints/thread/checkpoint-thread.ts';
import type { Logger } from '../../shared/logger.ts';
import { nodeDisk } from '../../storage/disk.ts';
import { lockFolder, type FolderLock } from '../../storage/folder/folder-lock.ts';
import { ensureStateFolder } from '../../storage/folder/state-folder.ts';
import type { ConfiguredCheckpoints } from './checkpoint-options.ts';

export interface BeginOptions extends ConfiguredCheckpoints {
  readonly application: string;
  readonly folder: string;
  readonly fresh: boolean;
  readonly logger: Logger;
}

/** The checkpoints of an application that holds the lease, before its store is opened. */
export interface BegunCheckpoints {
  readonly begun: Begun;
  readonly host: CheckpointHost;
  readonly gate: LeaseGate;
  /** The lock of the state folder. The store takes it over. */
  readonly lock: FolderLock;
}

/**
 * Locks the state folder, takes the lease, and restores the newest checkpoint into an empty folder. Throws STATE_FOLDER_LOCKED and what
 * {@link CheckpointService.begin} throws.
 */
export async function beginCheckpoints(options: BeginOptions): Promise<BegunCheckpoints> {
  const { folder, logger } = options;
  ensureStateFolder(nodeDisk, folder);
  const lock = await lockFolder(folder);
  try {
    const gate = new LeaseGate({ pacing: realPacing, logger, renew: () => void host.renew().catch(() => undefined) });
    const host = createHost(options, gate);
    const begun = await host.begin();
    report(begun, options);
    return { begun, host, gate, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function createHost(options: BeginOptions, gate: LeaseGate): CheckpointHost {
  const { to, s3, application, folder, fresh, keep, leaseMs, uploadBytesPerSecondMax, logger } = options;
  const settings: CheckpointSettings = { to, s3, application, folder, fresh, keep, leaseMs, uploadBytesPerSecondMax };
  const leaseChanged = (state: LeaseState): void => gate.update(state);
  // The sources, which unit tests run, have no threads.
  if (import.meta.url.endsWith('.ts')) return new CheckpointService(settings, { pacing: realPacing, logger, leaseChanged });
  return new CheckpointThread({ settings, logger, leaseChanged, failed: (error) => gate.lose(error) });
}

function report({ epoch, restored, skipped }: Begun, { to, folder, logger }: BeginOptions): void {
  if (restored !== undefined) {
    const { id, commit, createdAt } = restored;
    logger.warn(`the state folder was empty: checkpoint ${id} of ${createdAt} was restored from ${to}, with commit ${commit}`, {
      ...restored,
      folder,
    });
  }
  if (skipped !== undefined) {
    logger.warn(`the state folder was empty and begins anew, as was asked for: checkpoint ${skipped.id} of ${to} was not restored`, {
      ...skipped,
      folder,
    });
  }
  logger.debug('the lease is held', { epoch, to });
}
