import { randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ownerFileMode, ownerFolderMode } from '../../storage/permissions.ts';
import type { ByteRange, ListedObject, ObjectPage, ObjectStorage, PutOptions, VersionedObject } from '../object-storage.ts';
import type { UploadBudget } from '../upload-budget.ts';
import { isSystemError } from '../../storage/store-errors.ts';
import { fileError, isAbsent } from './file-errors.ts';
import { FileVersions } from './file-versions.ts';

/** Objects of one page. */
const pageObjectsMax = 1_000;

/** Bytes written at once, 1 MiB: a part of the budget. */
const chunkBytes = 1024 * 1024;

/** Files of uploads that were interrupted: the name of the object behind a dot, and a random number. */
const temporaryName = /^\..+\.[0-9a-f]{16}$/;

/** Age at which no upload is running any more, a day in milliseconds. */
const leftoverMs = 24 * 60 * 60 * 1_000;

export interface FileStorageOptions {
  readonly folder: string;
  readonly budget: UploadBudget;
}

/**
 * Keeps objects as files in a folder, which may be on another disk or on a network file system that has hard links. Files are written under a
 * temporary name, synced, and then linked or renamed.
 */
export class FileStorage implements ObjectStorage {
  readonly description: string;
  readonly #folder: string;
  readonly #budget: UploadBudget;
  #cleaning: Promise<void> | undefined;

  constructor({ folder, budget }: FileStorageOptions) {
    this.#folder = folder;
    this.#budget = budget;
    this.description = `file:${folder}`;
  }

  get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    return this.#unlessAbsent(`read ${key}`, async () => {
      const file = await open(this.#pathOf(key), 'r');
      try {
        const { size } = await file.stat();
        const start = Math.min(range?.start ?? 0, size);
        const bytes = Buffer.alloc(Math.min(range?.end ?? size, size) - start);
        await file.read(bytes, 0, bytes.length, start);
        return bytes;
      } finally {
        await file.close();
      }
    });
  }

  head(key: string): Promise<ListedObject | undefined> {
    return this.#unlessAbsent(`read ${key}`, async () => ({ key, bytes: (await stat(this.#pathOf(key))).size }));
  }

  async put(key: string, bytes: Uint8Array, { absent = false }: PutOptions = {}): Promise<boolean> {
    try {
      const path = this.#pathOf(key);
      await this.#makeFolders(dirname(path));
      this.#cleaning ??= removeLeftovers(this.#folder);
      await this.#cleaning;
      const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`);
      try {
        await this.#write(temporary, bytes);
        if (!absent) await rename(temporary, path);
        else if (!(await linked(temporary, path))) return false;
        await syncFolder(dirname(path));
        return true;
      } finally {
        await rm(temporary, { force: true });
      }
    } catch (error) {
      throw fileError(this.description, `write ${key}`, error);
    }
  }

  versioned(key: string): VersionedObject {
    return new FileVersions(this, key);
  }

  async list(prefix: string, from?: string): Promise<ObjectPage> {
    const all = await this.#unlessAbsent(`list ${prefix}`, async () => {
      await access(dirname(this.#folder));
      const names = await readdir(this.#folder, { recursive: true, withFileTypes: true });
      const paths = names
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => join(entry.parentPath, entry.name));
      return paths.map((path) => path.slice(this.#folder.length + 1)).sort();
    });
    const keys = (all ?? []).filter((key) => key.startsWith(prefix) && (from === undefined || key >= from));
    const heads = await Promise.all(keys.slice(0, pageObjectsMax).map((key) => this.head(key)));
    // An object that was deleted meanwhile does not exist.
    return { objects: heads.filter((found) => found !== undefined), next: keys[pageObjectsMax] };
  }

  async delete(key: string): Promise<void> {
    await this.#unlessAbsent(`delete ${key}`, () => rm(this.#pathOf(key)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #pathOf(key: string): string {
    return join(this.#folder, key);
  }

  /** Creates the folder of checkpoints and those inside it, but not its parent: an unmounted disk must not fill the disk below. */
  async #makeFolders(folder: string): Promise<void> {
    await access(dirname(this.#folder));
    const topmost = await mkdir(folder, { recursive: true, mode: ownerFolderMode });
    for (
      let made: string | undefined = topmost === undefined ? undefined : folder;
      made !== undefined && made.length >= this.#folder.length;
    ) {
      await syncFolder(dirname(made));
      made = made === topmost ? undefined : dirname(made);
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, 'wx', ownerFileMode);
    try {
      for (let start = 0; start < bytes.length; start += chunkBytes) {
        const chunk = bytes.subarray(start, start + chunkBytes);
        await this.#budget.spend(chunk.length);
        await file.writeFile(chunk);
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async #unlessAbsent<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isAbsent(error) && (await this.#exists())) return undefined;
      throw fileError(this.description, what, error);
    }
  }

  /** Whether the folder could exist: one that nobody has written to yet is empty. */
  #exists(): Promise<boolean> {
    return access(dirname(this.#folder)).then(
      () => true,
      () => false,
    );
  }
}

/** Removes what interrupted uploads of earlier processes left. Those of a process that runs are younger. */
async function removeLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const leftovers = entries.filter((entry) => entry.isFile() && temporaryName.test(entry.name));
  for (const { parentPath, name } of leftovers) {
    const path = join(parentPath, name);
    const writtenAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (Date.now() - writtenAt > leftoverMs) await rm(path, { force: true });
  }
}

/** Gives the file a second name. Returns false if the name is taken. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const file = await open(folder, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
