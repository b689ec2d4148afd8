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
import { readVersion1, type Version1 } from './version-1.ts';
import { isMarkName } from '../segments/writer-mark.ts';

/** What stays the same for the life of a store. */
export interface StoreIdentity {
  readonly formatVersion: number;
  readonly storeId: string;
  /** When the store was created, ISO 8601. */
  readonly createdAt: string;
  /** Into how many groups ids are hashed; partitions own groups. */
  readonly keyGroups: number;
}

/** What a store was before this version opened it, for whoever has to bring its contents up to date. */
export interface UpgradedFrom {
  readonly formatVersion: number;
  /** The names of all collections but those of addresses, which are many. */
  readonly collections: readonly string[];
}

export const storeFileName = 'store.json';
const ownFiles: readonly string[] = [storeFileName, manifestName, indexDumpName];
const ownNames: readonly string[] = [...ownFiles, ...ownFiles.map(temporaryNameOf), 'segments', 'lock'];

/** Creates the folder when it is not there, and refuses one that holds other things. */
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
  // Hidden files and lost+found are what systems leave in empty folders and fresh volumes.
  const foreign = names.filter((name) => !isOwnName(name) && !name.startsWith('.') && name !== 'lost+found');
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 5);
  const summary = `${folder} is not a state folder: it holds ${some.join(', ')}${foreign.length > some.length ? ', …' : ''} and no ${storeFileName}.`;
  throw new StatefunError('STATE_FOLDER_NOT_OURS', summary, { facts: { folder, found: some } });
}

function isOwnName(name: string): boolean {
  return ownNames.includes(name) || isMarkName(name);
}

/** Takes the rights of other users away from the folder and all that is in it, as far as it is ours: it may have been made with others. */
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

/** What a folder holds: whose segments they are, and which of them count. */
export interface OpenedFolder {
  readonly identity: StoreIdentity;
  readonly manifest: Manifest;
  /** Set when an earlier version made the store; `upgradeFolder` is called once it is recovered. */
  readonly version1: Version1 | undefined;
  /** Set from `upgradeFolder` to `finishUpgrade`, over any number of starts. */
  readonly upgradedFrom: UpgradedFrom | undefined;
}

/** Opens the store in the folder; creates an empty one when there is none. The caller holds the lock. */
export function openFolder(disk: Disk, folder: string): OpenedFolder {
  if (!disk.listSync(folder).includes(storeFileName)) {
    ensureNothingToLose(disk, folder);
    try {
      return { identity: createStore(disk, folder), manifest: firstManifest, version1: undefined, upgradedFrom: undefined };
    } catch (error) {
      throw unusableError(folder, error);
    }
  }
  return readFolder(disk, folder);
}

/** Reads what the files of the folder say, and changes nothing. Throws STORE_CORRUPT, STORE_READ_FAILED or STORE_FORMAT_NEWER. */
export function readFolder(disk: Disk, folder: string): OpenedFolder {
  const content = readCheckedJson(disk, folder, storeFileName);
  // Another file of the store has a valid checksum too. This one was written by createStore, and by nothing else since.
  if (typeof content['formatVersion'] !== 'number')
    throw corruptError(join(folder, storeFileName), 0, 'it is another file under this name');
  const { upgradedFrom, ...identity } = content as unknown as StoreIdentity & { readonly upgradedFrom?: UpgradedFrom };
  const version = identity.formatVersion;
  if (version > formatVersion) throw newerFormatError(join(folder, storeFileName), version, formatVersion);
  if (version === formatVersion) return { identity, manifest: readManifest(disk, folder), version1: undefined, upgradedFrom };
  const version1 = readVersion1(disk, folder, identity.storeId);
  return { identity, manifest: version1.manifest, version1, upgradedFrom };
}

/**
 * Makes the folder one of this version, when an earlier one made it. Cut short anywhere, it is one of the version before, and nothing was
 * written to its log. That the contents are not up to date yet is written down with it: only `finishUpgrade` takes that back.
 */
export function upgradeFolder(disk: Disk, folder: string, opened: OpenedFolder): Pick<OpenedFolder, 'identity' | 'upgradedFrom'> {
  const { identity, manifest, version1 } = opened;
  if (version1 === undefined) return opened;
  const upgraded = { ...identity, formatVersion };
  const upgradedFrom = { formatVersion: identity.formatVersion, collections: version1.collections };
  try {
    writeManifest(disk, folder, manifest);
    writeCheckedJson(disk, folder, storeFileName, { ...upgraded, upgradedFrom });
    return { identity: upgraded, upgradedFrom };
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** The contents are up to date, durably. */
export function finishUpgrade(disk: Disk, folder: string, identity: StoreIdentity): void {
  try {
    writeCheckedJson(disk, folder, storeFileName, identity);
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/** store.json is written last: without it, a first segment without frames is a creation that was interrupted, and more is a loss. */
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
 * All of them before a store is created, not only those that were missing: an earlier start may have created them and ended before they
 * were durable. One that this user may not read was created by somebody else.
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
