import { rmSync, type PathLike } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';
import { nodeDisk } from '../../storage/disk.ts';
import { indexDumpName } from '../../storage/index/index-dump.ts';
import { checkpointRecordName, restoringName, storeFileName } from '../../storage/folder/state-folder.ts';
import { writeCheckedJson } from '../../storage/format/checked-json.ts';
import { segmentHeaderBytes, segmentNumbers, segmentPath, segmentsFolderOf } from '../../storage/format/segment-format.ts';
import { ownerFileMode, ownerFolderMode } from '../../storage/permissions.ts';
import { manifestName, writeManifest, type ListedSegment } from '../../storage/segments/manifest.ts';
import { bytesOf, type CheckpointManifest, type CheckpointSegment } from '../checkpoint-manifest.ts';
import { writeFolderRecord, type FolderRecord } from '../folder-record.ts';
import type { ObjectStorage } from '../object-storage.ts';
import { ensurePieces, fetchPiece } from './fetch-piece.ts';

export interface RestoreOptions {
  readonly storage: ObjectStorage;
  readonly manifest: CheckpointManifest;
  /** The state folder. The caller holds its lock, or nobody else uses it. */
  readonly folder: string;
  readonly record: FolderRecord;
  readonly progress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
}

/**
 * Makes the state folder of a checkpoint.
 *
 * CHECKPOINT-P1. Nothing is in the folder unless every byte of the checkpoint was fetched and has its checksum.
 * CHECKPOINT-P2. store.json is written last, so a folder that was not completed holds no state. The next restore begins again.
 *
 * Throws CHECKPOINT_OBJECT_MISSING, CHECKPOINT_OBJECT_CORRUPT, CHECKPOINT_FOLDER_IN_USE, or the errors of the storage.
 */
export async function restoreCheckpoint({ storage, manifest, folder, record, progress }: RestoreOptions): Promise<void> {
  ensureNoState(folder);
  await ensurePieces(storage, manifest);
  const fetched = join(folder, restoringName);
  await mkdir(fetched, { mode: ownerFolderMode, recursive: true });
  nodeDisk.syncFolderSync(folder);
  try {
    const segments = join(fetched, 'segments');
    await mkdir(segments, { mode: ownerFolderMode });
    await fetchSegments(storage, manifest, segments, progress);
    nodeDisk.syncFolderSync(segments);
  } catch (error) {
    rmSync(fetched, { recursive: true, force: true });
    throw error;
  }
  complete(folder, manifest, record);
}

/**
 * Whether the folder holds state, or what is left of one. Removes what an interrupted restore has left: as long as the folder of fetched segments is
 * there and store.json is not, everything in it comes from the checkpoint.
 */
export function holdsState(folder: string): boolean {
  const names = nodeDisk.listSync(folder);
  const restoring = names.includes(restoringName);
  const remove = (name: PathLike): void => rmSync(name, { recursive: true, force: true });
  if (names.includes(storeFileName)) {
    if (restoring) remove(join(folder, restoringName));
    return true;
  }
  if (restoring) {
    for (const name of ['segments', manifestName, checkpointRecordName, indexDumpName]) remove(join(folder, name));
    nodeDisk.syncFolderSync(folder);
    remove(join(folder, restoringName));
    return false;
  }
  return names.includes('segments') && holdsSegments(segmentsFolderOf(folder));
}

/** Whether there is more than the empty segment that an interrupted creation leaves. */
function holdsSegments(segmentsFolder: string): boolean {
  const isEmpty = (number: number): boolean => number === 1 && nodeDisk.sizeSync(segmentPath(segmentsFolder, number)) <= segmentHeaderBytes;
  return !segmentNumbers(nodeDisk.listSync(segmentsFolder)).every(isEmpty);
}

function ensureNoState(folder: string): void {
  if (!holdsState(folder)) return;
  throw new StatefunError('CHECKPOINT_FOLDER_IN_USE', `${folder} holds state already.`, { facts: { folder } });
}

async function fetchSegments(
  storage: ObjectStorage,
  manifest: CheckpointManifest,
  folder: string,
  progress: RestoreOptions['progress'],
): Promise<void> {
  const total = bytesOf(manifest);
  let read = 0;
  for (const segment of manifest.segments) {
    await fetchSegment(storage, segment, segmentPath(folder, segment.listed.number), (bytes) => progress?.((read += bytes), total));
  }
}

async function fetchSegment(
  storage: ObjectStorage,
  { pieces }: CheckpointSegment,
  path: string,
  fetched: (bytes: number) => void,
): Promise<void> {
  const file: FileHandle = await open(path, 'wx', ownerFileMode);
  try {
    for (const piece of pieces) {
      await fetchPiece(storage, piece, async (bytes) => {
        await file.writeFile(bytes);
        fetched(bytes.length);
      });
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** Gives the fetched segments their place, and then the folder its store. */
function complete(folder: string, manifest: CheckpointManifest, record: FolderRecord): void {
  const listed = manifest.segments.map((segment): ListedSegment => segment.listed);
  const nextNumber = listed.reduce((most, { number }) => Math.max(most, number), 0) + 1;
  // An interrupted creation of an empty store may have left an empty segment.
  rmSync(segmentsFolderOf(folder), { recursive: true, force: true });
  writeManifest(nodeDisk, folder, { generation: 1, nextNumber, segments: listed });
  writeFolderRecord(nodeDisk, folder, record);
  nodeDisk.renameSync(join(folder, restoringName, 'segments'), segmentsFolderOf(folder));
  nodeDisk.syncFolderSync(folder);
  writeCheckedJson(nodeDisk, folder, storeFileName, manifest.store);
  rmSync(join(folder, restoringName), { recursive: true, force: true });
}
