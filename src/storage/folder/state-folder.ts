import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { StatefunError } from '../../shared/errors.ts';
import { toIsoTime } from '../../shared/time/iso-time.ts';
import { readCheckedJson, temporaryNameOf, writeCheckedJson } from '../format/checked-json.ts';
import type { Disk } from '../disk.ts';
import { indexDumpName } from '../index/index-dump.ts';
import { firstManifest, manifestName, readManifest, writeManifest, type Manifest } from '../segments/manifest.ts';
import { createSegment } from '../segments/segment-appender.ts';
import { formatVersion, segmentHeaderBytes, segmentNumbers, segmentPath, segmentsFolderOf } from '../format/segment-format.ts';
import { corruptError, isSystemError, newerFormatError, unusableError } from '../store-errors.ts';
import { readVersion1 } from './version-1.ts';
import { isMarkName } from '../segments/writer-mark.ts';

/** Properties that never change during the life of a store. */
export interface StoreIdentity {
  readonly formatVersion: number;
  readonly storeId: string;
  /** Time at which the store was created, ISO 8601. */
  readonly createdAt: string;
  /** Number of groups into which ids are hashed. Partitions own groups. */
  readonly keyGroups: number;
}

/** The store before this version opened it, for the code that upgrades its contents. */
export interface UpgradedFrom {
  readonly formatVersion: number;
  /** Names of all collections of a store of version 1 except those of addresses; empty for a later version. */
  readonly collections: readonly string[];
}

export const storeFileName = 'store.json';
const ownFiles: readonly string[] = [storeFileName, manifestName, indexDumpName];

/** Says which checkpoints the state follows; see checkpoints/folder-record.ts. */
export const checkpointRecordName = 'checkpoint.json';

/** Holds a checkpoint while it is restored; see checkpoints/restore. */
export const restoringName = 'restoring';

const replacedFiles: readonly string[] = [...ownFiles, checkpointRecordName];
const ownNames: readonly string[] = [...replacedFiles, ...replacedFiles.map(temporaryNameOf), 'segments', 'lock', restoringName];

/** Creates the folder if it does not exist. Throws STATE_FOLDER_NOT_OURS when it contains other files. */
export function ensureStateFolder(disk: Disk, folder: string): void {
  let names: readonly string[];
  try {
    disk.makeFolderSync(folder);
    names = disk.listSync(folder);
    if (names.includes(storeFileName)) return;
    syncParents(disk, folder);
  } catch (error) {
    throw unusableError(folder, error);
  }
  // Systems leave hidden files and lost+found in empty folders and new volumes.
  const foreign = names.filter((name) => !isOwnName(name) && !name.startsWith('.') && name !== 'lost+found');
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 5);
  const summary = `${folder} is not a state folder: it holds ${some.join(', ')}${foreign.length > some.length ? ', …' : ''} and no ${storeFileName}.`;
  throw new StatefunError('STATE_FOLDER_NOT_OURS', summary, { facts: { folder, found: some } });
}

function isOwnName(name: string): boolean {
  return ownNames.includes(name) || isMarkName(name);
}

/** Removes the permissions of other users from the folder and from the store's files in it, which may have been created with them. */
export function protectFolder(disk: Disk, folder: string): void {
  try {
    disk.protectSync(folder);
    const names = disk.listSync(folder);
    for (const name of names.filter((one) => ownFiles.includes(one) || one === 'segments')) disk.protectSync(join(folder, name));
    if (!names.includes('segments')) return;
    const segmentsFolder = segmentsFolderOf(folder);
    for (const number of segmentNumbers(disk.listSync(segmentsFolder))) disk.protectSync(segmentPath(segmentsFolder, number));
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** Identity and manifest of the store in a folder. */
export interface OpenedFolder {
  readonly identity: StoreIdentity;
  readonly manifest: Manifest;
  /** Whether the folder has the format of an earlier version. The caller then calls `upgradeFolder` after recovery. */
  readonly isEarlier: boolean;
  /** Set while the contents are those of an earlier version: until `finishUpgrade`, across any number of starts. */
  readonly upgradedFrom: UpgradedFrom | undefined;
}

/** Opens the store in the folder, or creates an empty one. The caller holds the lock. */
export function openFolder(disk: Disk, folder: string): OpenedFolder {
  if (!disk.listSync(folder).includes(storeFileName)) {
    ensureNothingToLose(disk, folder);
    try {
      return { identity: createStore(disk, folder), manifest: firstManifest, isEarlier: false, upgradedFrom: undefined };
    } catch (error) {
      throw unusableError(folder, error);
    }
  }
  return readFolder(disk, folder);
}

/** Reads identity and manifest, and changes nothing. Throws STORE_CORRUPT, STORE_READ_FAILED or STORE_FORMAT_NEWER. */
export function readFolder(disk: Disk, folder: string): OpenedFolder {
  const content = readCheckedJson(disk, folder, storeFileName);
  // Another file of the store, copied to this name, has a valid checksum too. With `formatVersion` it was written by createStore.
  if (typeof content['formatVersion'] !== 'number')
    throw corruptError(join(folder, storeFileName), 0, 'it is another file under this name');
  const { upgradedFrom, ...identity } = content as unknown as StoreIdentity & { readonly upgradedFrom?: UpgradedFrom };
  const version = identity.formatVersion;
  if (version > formatVersion) throw newerFormatError(join(folder, storeFileName), version, formatVersion);
  if (version === 1) {
    const { manifest, collections } = readVersion1(disk, folder, identity.storeId);
    return { identity, manifest, isEarlier: true, upgradedFrom: { formatVersion: 1, collections } };
  }
  const isEarlier = version < formatVersion;
  // An upgrade to an earlier version may not have ended.
  const from = upgradedFrom ?? (isEarlier ? { formatVersion: version, collections: [] } : undefined);
  return { identity, manifest: readManifest(disk, folder), isEarlier, upgradedFrom: from };
}

/**
 * Upgrades a folder of an earlier version to this one. If it is interrupted, the folder still has the earlier version and its log is unchanged.
 * It also records that the contents are not upgraded yet, until `finishUpgrade`.
 */
export function upgradeFolder(disk: Disk, folder: string, opened: OpenedFolder): Pick<OpenedFolder, 'identity' | 'upgradedFrom'> {
  const { identity, manifest, isEarlier, upgradedFrom } = opened;
  if (!isEarlier) return opened;
  const upgraded = { ...identity, formatVersion };
  try {
    if (identity.formatVersion === 1) writeManifest(disk, folder, manifest);
    writeCheckedJson(disk, folder, storeFileName, { ...upgraded, upgradedFrom });
    return { identity: upgraded, upgradedFrom };
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** Records durably that the contents are upgraded. */
export function finishUpgrade(disk: Disk, folder: string, identity: StoreIdentity): void {
  try {
    writeCheckedJson(disk, folder, storeFileName, identity);
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** store.json is written last. Without it, a single empty segment is an interrupted creation; anything more means that store.json is lost. */
function ensureNothingToLose(disk: Disk, folder: string): void {
  const segmentsFolder = segmentsFolderOf(folder);
  if (!disk.listSync(folder).includes('segments')) return;
  const segments = segmentNumbers(disk.listSync(segmentsFolder));
  const empty = segments.every((segment) => segment === 1 && disk.sizeSync(segmentPath(segmentsFolder, segment)) <= segmentHeaderBytes);
  if (!empty) throw corruptError(join(folder, storeFileName), 0, 'the file is missing');
}

function createStore(disk: Disk, folder: string): StoreIdentity {
  const identity: StoreIdentity = { formatVersion, storeId: randomUUID(), createdAt: toIsoTime(Date.now()), keyGroups: 128 };
  const segmentsFolder = segmentsFolderOf(folder);
  disk.makeFolderSync(segmentsFolder);
  disk.syncFolderSync(folder);
  disk.removeSync(segmentPath(segmentsFolder, 1));
  disk.closeSync(createSegment(disk, segmentsFolder, identity.storeId, 1));
  writeManifest(disk, folder, firstManifest);
  writeCheckedJson(disk, folder, storeFileName, identity);
  return identity;
}

/**
 * Makes the names of the folder and of all its parents durable, before a store is created. An earlier start may have created them and ended before
 * they were durable. A parent that this user may not read was created by another user.
 */
function syncParents(disk: Disk, folder: string): void {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    try {
      disk.syncFolderSync(dirname(path));
    } catch (error) {
      if (!isSystemError(error, 'EACCES') && !isSystemError(error, 'EPERM')) throw error;
    }
  }
}
