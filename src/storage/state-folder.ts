import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { StatefunError } from '../shared/errors.ts';
import { readFully, writeFullySync, type Disk } from './disk.ts';
import { createSegment } from './segment-appender.ts';
import { formatVersion, segmentHeaderBytes, segmentNumbers, segmentPath, segmentsFolderOf } from './segment-format.ts';
import { corruptError, newerFormatError, isSystemError, readFailedError, unusableError } from './store-errors.ts';

/** What stays the same for the life of a store. */
export interface StoreIdentity {
  readonly formatVersion: number;
  readonly storeId: string;
  /** When the store was created, ISO 8601. */
  readonly createdAt: string;
  /** Into how many groups ids are hashed; partitions own groups. */
  readonly keyGroups: number;
}

const storeFileName = 'store.json';
const temporaryName = 'store.json.new';
const ownNames: readonly string[] = [storeFileName, temporaryName, 'segments', 'lock'];

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
  const foreign = names.filter((name) => !ownNames.includes(name) && !name.startsWith('.') && name !== 'lost+found');
  if (foreign.length === 0) return;
  const some = foreign.slice(0, 5);
  const summary = `${folder} is not a state folder: it holds ${some.join(', ')}${foreign.length > some.length ? ', …' : ''} and no ${storeFileName}.`;
  throw new StatefunError('STATE_FOLDER_NOT_OURS', summary, { facts: { folder, found: some } });
}

/** The identity of the store in the folder; creates an empty store when there is none. The caller holds the lock. */
export async function openStoreFile(disk: Disk, folder: string): Promise<StoreIdentity> {
  if (listNames(disk, folder).includes(storeFileName)) {
    syncName(disk, folder);
    return readStoreFile(disk, join(folder, storeFileName));
  }
  ensureNothingToLose(disk, folder);
  try {
    return createStore(disk, folder);
  } catch (error) {
    throw unusableError(folder, error);
  }
}

/*
 * store.json: { "formatVersion": 1, "storeId": "…", "createdAt": "…", "keyGroups": 128, "checksum": "…" }
 *
 * The checksum is the CRC-32, in hex, of the other members as JSON.stringify writes them in their order, in every format version.
 */
async function readStoreFile(disk: Disk, path: string): Promise<StoreIdentity> {
  const text = await readText(disk, path);
  let identity: Readonly<Record<string, unknown>>;
  try {
    const { checksum, ...rest } = JSON.parse(text) as Record<string, unknown>; // what is no object has no checksum
    if (checksum !== checksumOf(rest)) throw new Error('checksum');
    identity = rest;
  } catch {
    throw corruptError(path, 0, 'it is not what was written');
  }
  const version = Number(identity['formatVersion']);
  if (version > formatVersion) throw newerFormatError(path, version, formatVersion);
  return identity as unknown as StoreIdentity; // the checksum says that createStore wrote it, and nothing else since
}

/** store.json is written last: without it, a first segment without frames is a creation that was interrupted, and more is a loss. */
function ensureNothingToLose(disk: Disk, folder: string): void {
  const segmentsFolder = segmentsFolderOf(folder);
  if (!listNames(disk, folder).includes('segments')) return;
  const segments = segmentNumbers(listNames(disk, segmentsFolder));
  const empty = segments.every((segment) => segment === 1 && sizeOf(disk, segmentPath(segmentsFolder, segment)) <= segmentHeaderBytes);
  if (!empty) throw corruptError(join(folder, storeFileName), 0, 'the file is missing');
}

function createStore(disk: Disk, folder: string): StoreIdentity {
  const identity: StoreIdentity = { formatVersion, storeId: randomUUID(), createdAt: new Date().toISOString(), keyGroups: 128 };
  const segmentsFolder = segmentsFolderOf(folder);
  disk.makeFolderSync(segmentsFolder);
  disk.syncFolderSync(folder);
  disk.removeSync(segmentPath(segmentsFolder, 1));
  disk.closeSync(createSegment(disk, segmentsFolder, identity.storeId, 1));

  const temporary = join(folder, temporaryName);
  disk.removeSync(temporary);
  const file = disk.openSync(temporary, 'create');
  try {
    writeFullySync(disk, file, Buffer.from(`${JSON.stringify({ ...identity, checksum: checksumOf(identity) }, null, 2)}\n`), 0);
    disk.fdatasyncSync(file);
  } finally {
    disk.closeSync(file);
  }
  disk.renameSync(temporary, join(folder, storeFileName));
  disk.syncFolderSync(folder);
  return identity;
}

async function readText(disk: Disk, path: string): Promise<string> {
  try {
    const bytes = Buffer.alloc(disk.sizeSync(path));
    const file = disk.openSync(path, 'read');
    try {
      return bytes.toString('utf8', 0, await readFully(disk, file, bytes, 0));
    } finally {
      disk.closeSync(file);
    }
  } catch (error) {
    throw readFailedError(path, error);
  }
}

function checksumOf(identity: object): string {
  return crc32(JSON.stringify(identity)).toString(16).padStart(8, '0');
}

/** Whoever created the store may have ended before the name was durable, and a commit must not depend on a name that is not. */
function syncName(disk: Disk, folder: string): void {
  try {
    disk.syncFolderSync(folder);
  } catch (error) {
    throw unusableError(folder, error);
  }
}

function listNames(disk: Disk, folder: string): readonly string[] {
  try {
    return disk.listSync(folder);
  } catch (error) {
    throw readFailedError(folder, error);
  }
}

function sizeOf(disk: Disk, path: string): number {
  try {
    return disk.sizeSync(path);
  } catch (error) {
    throw readFailedError(path, error);
  }
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
