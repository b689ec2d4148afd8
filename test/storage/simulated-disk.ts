import { basename, dirname } from 'node:path';
import type { Disk, OpenMode } from '../../src/storage/disk.ts';
import { below, seededRandom } from '../../src/shared/seeded-random.ts';
import { DiskFaults, systemError, type DiskOperation } from './disk-faults.ts';
import { SimulatedFile } from './simulated-file.ts';
import { SimulatedFolder, type CopyEntry, type SimulatedEntry } from './simulated-folder.ts';

interface OpenFile {
  readonly path: string;
  readonly file: SimulatedFile;
  readonly mode: OpenMode;
}

/**
 * A disk in memory that does what a real one may do, as a seed decides.
 *
 * D1. What was written and not synced may be lost, torn at any byte or sector, or reordered at a power cut; names in a folder too, by
 *     themselves, until the folder is synced. A rename happens or does not.
 * D2. After a failed sync the bytes count as synced though they may not be on the disk.
 * D3. A crash of the process loses nothing that was written; what a failed sync left may be gone from the cache.
 * D4. Every operation is one step, and the disk can stop in the middle of any of them. From then on everything fails but closing.
 */
export class SimulatedDisk implements Disk {
  readonly faults: DiskFaults;
  /** Told every operation, for a look at what went before a violation. */
  trace: ((line: string) => void) | undefined;
  /** Bytes that all files together may have. */
  bytesMax = Infinity;
  /** Whether it says how much is left, as not every file system does; only writing tells otherwise. */
  tellsSpace = false;
  /** Reads and writes do a part of what they are asked, now and then. */
  partial = false;
  /** Operations that changed something. */
  changes = 0;
  readonly #random: () => number;
  #root = new SimulatedFolder();
  readonly #open = new Map<number, OpenFile>();
  #nextFile = 3;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.faults = new DiskFaults(this.#random);
  }

  get steps(): number {
    return this.faults.steps;
  }

  get openFiles(): readonly string[] {
    return Array.from(this.#open.values(), ({ path }) => path);
  }

  /** The bytes of all files, as programs see them. */
  get bytesUsed(): number {
    return usedBy(this.#root);
  }

  /** The disk after a power cut at this moment, in one of the states it may be in. This one stays as it is. */
  powerCut(seed: number): SimulatedDisk {
    const after = new SimulatedDisk(seed);
    const copy = copier((entry, copyEntry) =>
      entry instanceof SimulatedFile ? entry.afterPowerCut(after.#random) : entry.afterPowerCut(copyEntry, after.#random),
    );
    after.#root = copy(this.#root) as SimulatedFolder; // a copy of a folder is one
    return after;
  }

  /** The disk for the next process when this one is killed at this moment. This one stays as it is. */
  processCrash(seed: number): SimulatedDisk {
    const after = new SimulatedDisk(seed);
    const evicted = below(after.#random, 2) === 0;
    const copy = copier((entry, copyEntry) => {
      if (entry instanceof SimulatedFolder) return entry.afterProcessCrash(copyEntry);
      const file = entry.afterProcessCrash();
      if (evicted) file.evict();
      return file;
    });
    after.#root = copy(this.#root) as SimulatedFolder; // a copy of a folder is one
    return after;
  }

  /** The bytes of a file, as programs see them: for expectations, no step of its own. */
  bytesOf(path: string): Buffer {
    return this.#fileAt(path).bytes;
  }

  /** Puts a file in place of what is there, durably: for damage that is made by hand, no step of its own. */
  replace(path: string, bytes: Buffer): void {
    const folder = this.#folderAt(dirname(path));
    folder.set(basename(path), new SimulatedFile(bytes));
    folder.sync();
  }

  /** The paths of all files, as programs see them: no step of its own. */
  paths(): string[] {
    return pathsIn('', this.#root);
  }

  openSync(path: string, mode: OpenMode): number {
    return this.#step('openSync', path, mode, () => {
      const folder = this.#folderAt(dirname(path));
      if (mode === 'create') {
        if (folder.entries.has(basename(path))) throw systemError('EEXIST', 'openSync', path);
        this.changes += 1;
        folder.set(basename(path), new SimulatedFile());
      }
      this.#open.set(this.#nextFile, { path, mode, file: this.#fileAt(path) });
      return this.#nextFile++;
    });
  }

  closeSync(file: number): void {
    const { path } = this.#openFile(file);
    this.#open.delete(file);
    // A process that has ended has closed its files, whatever it still believes.
    if (!this.faults.stopped) this.#step('closeSync', path, '', () => undefined);
  }

  writeSync(file: number, bytes: Uint8Array, start: number, position: number): number {
    const open = this.#openFile(file);
    if (open.mode === 'read') throw systemError('EBADF', 'writeSync', open.path);
    const wanted = bytes.byteLength - start;
    const write = (length: number): number => {
      const room = Math.max(0, Math.min(length, open.file.size + this.bytesMax - this.bytesUsed - position));
      if (length > 0 && room === 0) throw this.faults.failure('ENOSPC', 'writeSync', open.path);
      this.changes += 1;
      open.file.write(position, bytes.subarray(start, start + room));
      return room;
    };
    const part = this.partial && wanted > 1 && below(this.#random, 3) === 0 ? 1 + below(this.#random, wanted) : wanted;
    return this.#step('writeSync', open.path, `${wanted} at ${position}`, () => write(part), {
      before: (share) => void (wanted > 0 && write(Math.floor(wanted * share))),
    });
  }

  fdatasyncSync(file: number): void {
    const open = this.#openFile(file);
    this.#step('fdatasyncSync', open.path, '', () => open.file.sync(), { failed: () => open.file.failSync(this.#random) });
  }

  truncateSync(file: number, size: number): void {
    const open = this.#openFile(file);
    if (open.mode === 'read') throw systemError('EINVAL', 'truncateSync', open.path);
    this.#step('truncateSync', open.path, `to ${size}`, () => {
      this.changes += 1;
      open.file.truncate(size);
    });
  }

  readSync(file: number, into: Uint8Array, start: number, position: number): number {
    const open = this.#openFile(file);
    const wanted = into.byteLength - start;
    return this.#step('readSync', open.path, `${wanted} at ${position}`, () => {
      const part = this.partial && wanted > 1 && below(this.#random, 3) === 0 ? 1 + below(this.#random, wanted) : wanted;
      const bytes = open.file.bytes.subarray(position, position + part);
      into.set(bytes, start);
      return bytes.length;
    });
  }

  sizeSync(path: string): number {
    return this.#step('sizeSync', path, '', () => this.#fileAt(path).size);
  }

  listSync(folder: string): string[] {
    return this.#step('listSync', folder, '', () => [...this.#folderAt(folder).entries.keys()]);
  }

  makeFolderSync(path: string): string | undefined {
    return this.#step('makeFolderSync', path, '', () => {
      const entry = this.#entryAt(path);
      if (entry instanceof SimulatedFolder) return undefined;
      if (entry !== undefined) throw systemError('EEXIST', 'makeFolderSync', path);
      return this.#makeFolder(path);
    });
  }

  syncFolderSync(folder: string): void {
    this.#step('syncFolderSync', folder, '', () => this.#folderAt(folder).sync());
  }

  renameSync(from: string, to: string): void {
    if (dirname(from) !== dirname(to)) throw systemError('EXDEV', 'renameSync', from);
    this.#step('renameSync', from, `to ${to}`, () => {
      const file = this.#fileAt(from);
      this.changes += 1;
      this.#folderAt(dirname(from)).rename(basename(from), basename(to), file);
    });
  }

  removeSync(path: string): void {
    this.#step('removeSync', path, '', () => {
      const folder = this.#folderAt(dirname(path));
      if (!folder.entries.has(basename(path))) return;
      this.changes += 1;
      folder.remove(basename(path));
    });
  }

  spaceSync(): { freeBytes: number; totalBytes: number } {
    if (!this.tellsSpace) return { freeBytes: Infinity, totalBytes: Infinity };
    return { freeBytes: this.bytesMax - this.bytesUsed, totalBytes: this.bytesMax };
  }

  /** Rights are not simulated. */
  protectSync(): void {}

  #step<T>(operation: DiskOperation, path: string, detail: string, act: () => T, failing: Parameters<DiskFaults['step']>[3] = {}): T {
    this.trace?.(`${this.steps + 1} ${operation} ${path} ${detail}`);
    return this.faults.step(operation, path, act, failing);
  }

  #openFile(file: number): OpenFile {
    const open = this.#open.get(file);
    if (open === undefined) throw systemError('EBADF', 'closeSync', `file ${file}`);
    return open;
  }

  /** Answers the topmost folder it made. */
  #makeFolder(path: string): string {
    const parent = this.#entryAt(dirname(path));
    const topmost = parent === undefined ? this.#makeFolder(dirname(path)) : path;
    this.changes += 1;
    this.#folderAt(dirname(path)).set(basename(path), new SimulatedFolder());
    return topmost;
  }

  #folderAt(path: string): SimulatedFolder {
    const entry = this.#entryAt(path);
    if (entry instanceof SimulatedFolder) return entry;
    throw systemError(entry === undefined ? 'ENOENT' : 'ENOTDIR', 'openSync', path);
  }

  #fileAt(path: string): SimulatedFile {
    const entry = this.#entryAt(path);
    if (entry instanceof SimulatedFile) return entry;
    throw systemError(entry === undefined ? 'ENOENT' : 'EISDIR', 'openSync', path);
  }

  #entryAt(path: string): SimulatedEntry | undefined {
    if (path === dirname(path)) return this.#root;
    const parent = this.#entryAt(dirname(path));
    return parent instanceof SimulatedFolder ? parent.entries.get(basename(path)) : undefined;
  }
}

function copier(make: (entry: SimulatedEntry, copy: CopyEntry) => SimulatedEntry): CopyEntry {
  const copies = new Map<SimulatedEntry, SimulatedEntry>();
  const copy: CopyEntry = (entry) => {
    const known = copies.get(entry) ?? make(entry, copy);
    copies.set(entry, known);
    return known;
  };
  return copy;
}

function usedBy(folder: SimulatedFolder): number {
  let used = 0;
  for (const entry of folder.entries.values()) used += entry instanceof SimulatedFile ? entry.size : usedBy(entry);
  return used;
}

function pathsIn(path: string, folder: SimulatedFolder): string[] {
  return Array.from(folder.entries, ([name, entry]) =>
    entry instanceof SimulatedFile ? [`${path}/${name}`] : pathsIn(`${path}/${name}`, entry),
  ).flat();
}
