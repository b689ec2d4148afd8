import type { Disk, OpenMode } from '../../src/storage/disk.ts';

/** A disk in memory that never fails, for tests that look at every byte. Folders are prefixes of paths. */
export class MemoryDisk implements Disk {
  readonly files = new Map<string, Buffer>();
  readonly #open = new Map<number, string>();
  #next = 1;

  /** A disk with the same files. */
  copy(): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, bytes] of this.files) disk.files.set(path, Buffer.from(bytes));
    return disk;
  }

  bytesOf(path: string): Buffer {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    return bytes;
  }

  openSync(path: string, mode: OpenMode): number {
    if (mode === 'create') this.files.set(path, Buffer.alloc(0));
    this.bytesOf(path);
    this.#open.set(this.#next, path);
    return this.#next++;
  }

  closeSync(file: number): void {
    this.#open.delete(file);
  }

  writeSync(file: number, bytes: Uint8Array, start: number, position: number): number {
    const before = this.bytesOf(this.#path(file));
    const part = bytes.subarray(start);
    const after = Buffer.alloc(Math.max(before.length, position + part.length));
    before.copy(after);
    after.set(part, position);
    this.files.set(this.#path(file), after);
    return part.length;
  }

  fdatasyncSync(): void {}

  truncateSync(file: number, size: number): void {
    this.files.set(this.#path(file), this.bytesOf(this.#path(file)).subarray(0, size));
  }

  readSync(file: number, into: Uint8Array, start: number, position: number): number {
    const part = this.bytesOf(this.#path(file)).subarray(position, position + into.byteLength - start);
    into.set(part, start);
    return part.length;
  }

  sizeSync(path: string): number {
    return this.bytesOf(path).length;
  }

  listSync(folder: string): string[] {
    return [...this.files.keys()].filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));
  }

  makeFolderSync(): undefined {}

  syncFolderSync(): void {}

  renameSync(from: string, to: string): void {
    this.files.set(to, this.bytesOf(from));
    this.files.delete(from);
  }

  removeSync(path: string): void {
    this.files.delete(path);
  }

  spaceSync(): { freeBytes: number; totalBytes: number } {
    return { freeBytes: Infinity, totalBytes: Infinity };
  }

  protectSync(): void {}

  #path(file: number): string {
    const path = this.#open.get(file);
    if (path === undefined) throw new Error(`file ${file} is not open`);
    return path;
  }
}
