import { readFullySync, type Disk } from '../disk.ts';
import { intactEntryBytes } from '../format/entry-format.ts';
import { SegmentFiles } from './segment-files.ts';
import { segmentPath } from '../format/segment-format.ts';
import { isSystemError } from '../store-errors.ts';

/** Largest gap in bytes between two entries that are read in one piece. Reading 512 bytes in vain costs less than another request. */
export const gapBytesMax = 512;

/** Largest piece in bytes, 1 MiB, unless one entry is larger. */
const pieceBytesMax = 1024 * 1024;

/** A request is three numbers: segment, offset, and the largest size of the entry in bytes. */
const requestWords = 3;

export interface ReaderStart {
  readonly segmentsFolder: string;
  readonly checksumSeed: number;
}

/** The entries that were read. `spans` holds two numbers for each request: start of its entry in `bytes`, and length. A length of 0 is a failure. */
export interface ReadResult {
  readonly bytes: ArrayBuffer;
  readonly spans: Uint32Array<ArrayBuffer>;
  readonly failures: readonly ReadFailure[];
}

/** Why an entry could not be read, in a form that can travel between threads. */
export interface ReadFailure {
  readonly request: number;
  readonly file: string;
  readonly offset: number;
  /** Set when the system failed. Otherwise the file is damaged. */
  readonly error?: Error;
  readonly reason: string;
}

/** Reads entries on the calling thread. Never returns an entry whose checksum is wrong. */
export class SegmentReader {
  readonly #disk: Disk;
  readonly #segmentsFolder: string;
  readonly #checksumSeed: number;
  readonly #files: SegmentFiles;

  constructor({ segmentsFolder, checksumSeed }: ReaderStart, disk: Disk) {
    this.#disk = disk;
    this.#segmentsFolder = segmentsFolder;
    this.#checksumSeed = checksumSeed;
    this.#files = new SegmentFiles(disk, segmentsFolder);
  }

  read(requests: Uint32Array): ReadResult {
    const bytes = Buffer.from(new ArrayBuffer(totalBytes(requests)));
    const spans = new Uint32Array((requests.length / requestWords) * 2);
    return { bytes: bytes.buffer, spans, failures: this.readInto(requests, bytes, spans) };
  }

  /** Reads into memory of the caller, which has room for the requested bytes and for a gap between any two entries. */
  readInto(requests: Uint32Array, bytes: Buffer, spans: Uint32Array): readonly ReadFailure[] {
    const count = requests.length / requestWords;
    const failures: ReadFailure[] = [];
    for (let first = 0, base = 0; first < count;) {
      const behind = endOfPiece(requests, first);
      const end = base + pieceBytes(requests, first, behind);
      this.#readPiece({ requests, first, behind }, bytes.subarray(base, end), base, { spans, failures });
      base = end;
      first = behind;
    }
    return failures;
  }

  /** Closes the file of a segment that is not read again. */
  forget(segment: number): void {
    this.#files.forget(segment);
  }

  close(): void {
    this.#files.close();
  }

  /** Reads the requests of one piece into the part of the result that begins at `base`. */
  #readPiece({ requests, first, behind }: Piece, target: Buffer, base: number, { spans, failures }: OpenResult): void {
    const segment = word(requests, first, 0);
    const start = word(requests, first, 1);
    let bytesRead: number;
    try {
      bytesRead = readFullySync(this.#disk, this.#files.open(segment), target, start);
    } catch (thrown) {
      const error = thrown as Error; // a disk throws Errors
      const file = this.#pathOf(segment);
      const missing = isSystemError(error, 'ENOENT');
      for (let request = first; request < behind; request += 1)
        failures.push({ request, file, offset: 0, reason: missing ? 'the file is missing' : error.message, ...(missing ? {} : { error }) });
      return;
    }
    const available = bytesRead === target.length ? target : target.subarray(0, bytesRead);
    for (let request = first; request < behind; request += 1) {
      const offset = word(requests, request, 1);
      const length = intactEntryBytes(available, offset - start, this.#checksumSeed);
      spans[request * 2] = base + offset - start;
      spans[request * 2 + 1] = length;
      if (length === 0) failures.push({ request, file: this.#pathOf(segment), offset, reason: 'the entry is not what was written' });
    }
  }

  #pathOf(segment: number): string {
    return segmentPath(this.#segmentsFolder, segment);
  }
}

/** The requests from `first` up to, but not including, `behind`. All are of one segment. */
interface Piece {
  readonly requests: Uint32Array;
  readonly first: number;
  readonly behind: number;
}

interface OpenResult {
  readonly spans: Uint32Array;
  readonly failures: ReadFailure[];
}

/** Returns where the piece ends that begins with request `first`: requests close together in one segment are read in one piece. */
function endOfPiece(requests: Uint32Array, first: number): number {
  const start = word(requests, first, 1);
  let end = start + word(requests, first, 2);
  let behind = first + 1;
  for (; behind * requestWords < requests.length; behind += 1) {
    const offset = word(requests, behind, 1);
    const endHere = offset + word(requests, behind, 2);
    const follows = word(requests, behind, 0) === word(requests, first, 0) && offset >= start && offset - end <= gapBytesMax;
    // An entry that seems to end before the previous one would make the piece shorter.
    if (!follows || endHere < end || endHere - start > pieceBytesMax) break;
    end = endHere;
  }
  return behind;
}

/** Size in bytes of the piece of these requests. */
function pieceBytes(requests: Uint32Array, first: number, behind: number): number {
  return word(requests, behind - 1, 1) + word(requests, behind - 1, 2) - word(requests, first, 1);
}

/** Size in bytes of all pieces. */
function totalBytes(requests: Uint32Array): number {
  let bytes = 0;
  for (let first = 0; first * requestWords < requests.length;) {
    const behind = endOfPiece(requests, first);
    bytes += pieceBytes(requests, first, behind);
    first = behind;
  }
  return bytes;
}

function word(requests: Uint32Array, request: number, index: number): number {
  return requests[request * requestWords + index] ?? 0;
}
