import type { Disk } from '../disk.ts';
import { segmentPath } from '../format/segment-format.ts';

/** Most files kept open for reading on each of two threads. More cost file descriptors; fewer open a file again for every read of cold state. */
const openFilesMax = 128;

/** Segment files that are open for reading on one thread. */
export class SegmentFiles {
  readonly #disk: Disk;
  readonly #segmentsFolder: string;
  /** Open files by segment, least recently used first. */
  readonly #open = new Map<number, number>();
  /** The segment used last, and its file. */
  #latest: { readonly segment: number; readonly file: number } | undefined;

  constructor(disk: Disk, segmentsFolder: string) {
    this.#disk = disk;
    this.#segmentsFolder = segmentsFolder;
  }

  open(segment: number): number {
    if (this.#latest?.segment === segment) return this.#latest.file;
    const known = this.#open.get(segment);
    const file = known ?? this.#disk.openSync(segmentPath(this.#segmentsFolder, segment), 'read');
    this.#open.delete(segment);
    this.#open.set(segment, file);
    this.#latest = { segment, file };
    if (known === undefined && this.#open.size > openFilesMax) {
      const [oldest = segment] = this.#open.keys();
      this.forget(oldest);
    }
    return file;
  }

  /** Closes the file of a segment, so that the system can free the space of a removed file. */
  forget(segment: number): void {
    const file = this.#open.get(segment);
    if (file === undefined) return;
    this.#open.delete(segment);
    if (this.#latest?.segment === segment) this.#latest = undefined;
    try {
      this.#disk.closeSync(file);
    } catch {
      // The file was only read, so a failed close loses nothing, and the descriptor is closed anyway.
    }
  }

  close(): void {
    for (const segment of [...this.#open.keys()]) this.forget(segment);
  }
}
