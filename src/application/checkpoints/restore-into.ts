import { CheckpointCatalog } from '../../checkpoints/checkpoint-catalog.ts';
import { formatId } from '../../checkpoints/checkpoint-id.ts';
import { describeManifest } from '../../checkpoints/checkpoint-manifest.ts';
import { findCheckpoint } from '../../checkpoints/inspect-checkpoints.ts';
import type { ObjectStorage } from '../../checkpoints/object-storage.ts';
import { restoreCheckpoint } from '../../checkpoints/restore/restore-checkpoint.ts';
import { nodeDisk } from '../../storage/disk.ts';
import { lockFolder } from '../../storage/folder/folder-lock.ts';
import { ensureStateFolder } from '../../storage/folder/state-folder.ts';

export interface RestoreIntoOptions {
  readonly storage: ObjectStorage;
  readonly folder: string;
  /** The id of the checkpoint. @defaultValue the newest */
  readonly id: string | undefined;
  readonly progress?: (bytesRead: number, bytesTotal: number) => void;
}

/**
 * Makes a state folder of a checkpoint, for a start by hand. The engine that starts on it may continue an older checkpoint:
 * it was chosen although there are newer ones.
 */
export async function restoreInto({ storage, folder, id, progress }: RestoreIntoOptions): Promise<ReturnType<typeof describeManifest>> {
  const catalog = new CheckpointCatalog(storage, undefined);
  const manifest = await findCheckpoint(catalog, id);
  const newest = await findCheckpoint(catalog, undefined);
  const own = formatId(manifest);
  ensureStateFolder(nodeDisk, folder);
  const lock = await lockFolder(folder);
  try {
    // Epoch 0: no engine has used the folder, so nothing but the newest checkpoint of this moment may be newer.
    const record = { epoch: 0, follows: formatId(newest), base: own };
    await restoreCheckpoint({ storage, manifest, folder, record, progress });
    return describeManifest(manifest);
  } finally {
    await lock.release();
  }
}
