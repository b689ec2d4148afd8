import { nodeDisk, readFully, type Disk } from './disk.ts';
import type { RecordLocation } from './log-index.ts';
import { isRecordIntact, parseRecord } from './record-format.ts';
import { segmentPath } from './segment-format.ts';
import { corruptError, isSystemError, readFailedError } from './store-errors.ts';
import type { StoredEntry } from './store.ts';

/** Files kept open for reading; more cost descriptors, fewer open a file again for every read of cold state. */
const openFilesMax = 256;

/** Reads under way for one collection: libuv's pool has four threads, and a few waiting requests keep them busy. */
const readsAtOnceMax = 16;

/** Records this close together are read in one piece; reading over 512 bytes costs less than another request. */
const gapBytesMax = 512;

/** Pieces end at 1 MiB unless a record is larger: values share the piece they were read in, and one value keeps all of it in memory. */
const pieceBytesMax = 1024 * 1024;

interface Wanted extends RecordLocation {
  readonly key: string;
}

/** Records of one segment that are read at once. */
interface Piece {
  readonly segment: number;
  readonly offset: number;
  end: number;
  readonly records: Wanted[];
}

interface OpenFile {
  readonly file: number;
  reads: number;
}

/** Reads records where the index says they are, and gives out none that is not the one that was asked for. */
export class RecordReader {
  readonly #segmentsFolder: string;
  readonly #checksumSeed: number;
  readonly #disk: Disk;
  /** Least recently used first. */
  readonly #openFiles = new Map<number, OpenFile>();
  #closed = false;

  constructor(segmentsFolder: string, checksumSeed: number, disk: Disk = nodeDisk) {
    this.#segmentsFolder = segmentsFolder;
    this.#checksumSeed = checksumSeed;
    this.#disk = disk;
  }

  /** What was wanted is taken from the map before this returns; later changes of it do not matter. */
  async read(collection: string, locations: ReadonlyMap<string, RecordLocation>): Promise<StoredEntry[]> {
    const pieces = toPieces(locations);
    const entries: StoredEntry[] = [];
    const lane = async (): Promise<void> => {
      for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
        const bytes = await this.#readPiece(piece);
        for (const record of piece.records) entries.push({ key: record.key, value: this.#valueOf(bytes, piece, record, collection) });
      }
    };
    await Promise.all(Array.from({ length: Math.min(readsAtOnceMax, pieces.length) }, lane));
    return entries;
  }

  /** Closes the files; those being read are closed when their reads end. */
  close(): void {
    this.#closed = true;
    for (const [segment, open] of this.#openFiles) if (open.reads === 0) this.#closeFile(segment, open);
  }

  async #readPiece(piece: Piece): Promise<Buffer> {
    const path = segmentPath(this.#segmentsFolder, piece.segment);
    const bytes = Buffer.allocUnsafe(piece.end - piece.offset);
    let bytesRead: number;
    try {
      const open = this.#open(piece.segment, path);
      open.reads += 1;
      try {
        bytesRead = await readFully(this.#disk, open.file, bytes, piece.offset);
      } finally {
        open.reads -= 1;
        if (this.#closed && open.reads === 0) this.#closeFile(piece.segment, open);
      }
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) throw corruptError(path, 0, 'the file is missing');
      throw readFailedError(path, error);
    }
    if (bytesRead < bytes.length) throw corruptError(path, piece.offset + bytesRead, 'the file ends before its last record');
    return bytes;
  }

  #valueOf(bytes: Buffer, piece: Piece, wanted: Wanted, collection: string): Buffer {
    const start = wanted.offset - piece.offset;
    const own = bytes.subarray(start, start + wanted.length);
    const record = isRecordIntact(own, this.#checksumSeed) ? parseRecord(own, 0, own.length) : undefined;
    if (record?.value !== undefined && record.key === wanted.key && record.collection === collection) return record.value;
    const path = segmentPath(this.#segmentsFolder, wanted.segment);
    throw corruptError(path, wanted.offset, 'the record is not what was written');
  }

  #open(segment: number, path: string): OpenFile {
    const known = this.#openFiles.get(segment);
    const open = known ?? { file: this.#disk.openSync(path, 'read'), reads: 0 };
    this.#openFiles.delete(segment);
    this.#openFiles.set(segment, open);
    if (known === undefined && this.#openFiles.size > openFilesMax) this.#closeOldest(segment);
    return open;
  }

  #closeOldest(spared: number): void {
    for (const [segment, open] of this.#openFiles) {
      if (open.reads > 0 || segment === spared) continue;
      this.#closeFile(segment, open);
      return;
    }
  }

  /** A file that was only read has nothing to lose when closing it fails, and is closed then too. */
  #closeFile(segment: number, open: OpenFile): void {
    this.#openFiles.delete(segment);
    try {
      this.#disk.closeSync(open.file);
    } catch {
      // Nothing depends on it.
    }
  }
}

function toPieces(locations: ReadonlyMap<string, RecordLocation>): Piece[] {
  const wanted = Array.from(locations, ([key, { segment, offset, length }]): Wanted => ({ key, segment, offset, length }));
  wanted.sort((a, b) => a.segment - b.segment || a.offset - b.offset);
  const pieces: Piece[] = [];
  let piece: Piece | undefined;
  for (const record of wanted) {
    const end = record.offset + record.length;
    const joins = piece?.segment === record.segment && record.offset - piece.end <= gapBytesMax && end - piece.offset <= pieceBytesMax;
    if (piece === undefined || !joins) {
      piece = { segment: record.segment, offset: record.offset, end, records: [] };
      pieces.push(piece);
    }
    piece.end = end;
    piece.records.push(record);
  }
  return pieces;
}
