import { join } from 'node:path';
import { StatefunError } from '../shared/errors.ts';
import type { Disk } from '../storage/disk.ts';
import { checkpointRecordName } from '../storage/folder/state-folder.ts';
import { readCheckedJson, writeCheckedJson } from '../storage/format/checked-json.ts';
import { corruptError } from '../storage/store-errors.ts';
import { formatId } from './checkpoint-id.ts';
import type { CheckpointManifest } from './checkpoint-manifest.ts';

/**
 * What a state folder knows of its checkpoints, in checkpoint.json:
 *
 * CHECKPOINT-S1. It is written, with the epoch of the lease, before the engine of that epoch commits.
 * CHECKPOINT-S2. A folder that is older than the newest checkpoint, or whose history is another, is refused.
 */
export interface FolderRecord {
  /** The epoch of the last lease under which the folder was used; 0 for none. */
  readonly epoch: number;
  /** The newest checkpoint when that lease was taken: the state continues it, or was to begin anew beside it. */
  readonly follows?: string;
  /** The checkpoint whose pieces hold the beginnings of the segments, if one does. */
  readonly base?: string;
}

export function writeFolderRecord(disk: Disk, folder: string, record: FolderRecord): void {
  writeCheckedJson(disk, folder, checkpointRecordName, record);
}

/** Returns the record; that of a folder without checkpoints if there is none. Throws STORE_CORRUPT. */
export function readFolderRecord(disk: Disk, folder: string): FolderRecord {
  if (!disk.listSync(folder).includes(checkpointRecordName)) return { epoch: 0 };
  const content = readCheckedJson(disk, folder, checkpointRecordName);
  if (typeof content['epoch'] === 'number') return content as unknown as FolderRecord; // writeFolderRecord wrote it
  throw corruptError(join(folder, checkpointRecordName), 0, 'it is another file under this name');
}

/** The state in a folder. */
export interface LocalState {
  readonly folder: string;
  readonly record: FolderRecord;
  readonly storeId: string;
  readonly commit: number;
}

/** Throws STATE_BEHIND_CHECKPOINT when the state does not continue the newest checkpoint. */
export function ensureNotBehind({ folder, record, commit, storeId }: LocalState, newest: CheckpointManifest): void {
  const id = formatId(newest);
  if (record.follows === id || newest.epoch < record.epoch) return;
  if (newest.epoch === record.epoch && newest.store.storeId === storeId && newest.commit <= commit) return;
  const reason =
    newest.epoch > record.epoch
      ? record.epoch === 0
        ? 'it was never used with these checkpoints'
        : `another engine has continued since: the folder was last used in epoch ${record.epoch}`
      : 'it is an older copy';
  const summary = `${folder} holds commit ${commit}, and the newest checkpoint, ${id}, holds commit ${newest.commit}: ${reason}.`;
  throw new StatefunError('STATE_BEHIND_CHECKPOINT', summary, {
    facts: { folder, commit, checkpoint: id, checkpointCommit: newest.commit },
  });
}

/** Whether the pieces of the checkpoint hold the beginnings of the segments in the folder. */
export function isBase({ record, commit, storeId }: LocalState, newest: CheckpointManifest): boolean {
  const own = newest.epoch === record.epoch || record.base === formatId(newest);
  return own && newest.store.storeId === storeId && newest.commit <= commit;
}
