import { readFullySync, type Disk } from './disk.ts';
import { intactRecordBytes } from './record-format.ts';
import { SegmentFiles } from './segment-files.ts';
import { segmentPath } from './segment-format.ts';
import { isSystemError } from './store-errors.ts';

/** Records this close together are read in one piece; reading over 512 bytes costs less than another request. */
const gapBytesMax = 512;

/** Pieces end at 1 MiB unless a record is larger. */
const pieceBytesMax = 1024 * 1024;

/** A request is three numbers: segment, offset, and how many bytes the record has at most. */
export const requestWords = 3;

/** An answer is two numbers for each request: where in the bytes its record begins, and its length. A length of 0 stands for a failure. */
export interface ReadAnswer {
  readonly bytes: ArrayBuffer;
  readonly spans: Uint32Array<ArrayBuffer>;
  readonly failures: readonly ReadFailure[];
}

/** Why a record could not be read, in a form that can travel between threads. */
export interface ReadFailure {
  readonly request: number;
  readonly file: string;
  readonly offset: number;
  /** Set when the system failed; otherwise the file is not what was written. */
  readonly error?: Error;
  readonly reason: string;
}

/** Reads records on the calling thread, and gives out none whose checksum is wrong. */
export class SegmentReader {
  readonly #disk: Disk;
  readonly #segmentsFolder: string;
  readonly #checksumSeed: number;
  readonly #files: SegmentFiles;

  constructor(disk: Disk, segmentsFolder: string, checksumSeed: number) {
    this.#disk = disk;
    this.#segmentsFolder = segmentsFolder;
    this.#checksumSeed = checksumSeed;
    this.#files = new SegmentFiles(disk, segmentsFolder);
  }

  read(requests: Uint32Array): ReadAnswer {
    const count = requests.length / requestWords;
    const bytes = Buffer.from(new ArrayBuffer(totalBytes(requests)));
    const spans = new Uint32Array(count * 2);
    const failures: ReadFailure[] = [];
    let target = 0;
    for (let first = 0; first < count;) {
      const behind = endOfPiece(requests, first);
      target += this.#readPiece({ requests, first, behind }, bytes.subarray(target), { spans, failures, base: target });
      first = behind;
    }
    return { bytes: bytes.buffer, spans, failures };
  }

  /** The segment is not read any more. */
  forget(segment: number): void {
    this.#files.forget(segment);
  }

  close(): void {
    this.#files.close();
  }

  /** Reads requests of one segment at once and answers how much room they took. */
  #readPiece({ requests, first, behind }: Piece, target: Buffer, { spans, failures, base }: AnswerUnderWay): number {
    const segment = word(requests, first, 0);
    const start = word(requests, first, 1);
    const end = word(requests, behind - 1, 1) + word(requests, behind - 1, 2);
    const file = segmentPath(this.#segmentsFolder, segment);
    let available: Buffer;
    try {
      const into = target.subarray(0, end - start);
      available = into.subarray(0, readFullySync(this.#disk, this.#files.open(segment), into, start));
    } catch (thrown) {
      const error = thrown as Error; // a disk throws Errors
      const missing = isSystemError(error, 'ENOENT');
      for (let request = first; request < behind; request += 1)
        failures.push({ request, file, offset: 0, reason: missing ? 'the file is missing' : error.message, ...(missing ? {} : { error }) });
      return 0;
    }
    for (let request = first; request < behind; request += 1) {
      const offset = word(requests, request, 1);
      const length = intactRecordBytes(available, offset - start, this.#checksumSeed);
      spans[request * 2] = base + offset - start;
      spans[request * 2 + 1] = length;
      if (length === 0) failures.push({ request, file, offset, reason: 'the record is not what was written' });
    }
    return end - start;
  }
}

/** Requests from `first` on, up to `behind`. */
interface Piece {
  readonly requests: Uint32Array;
  readonly first: number;
  readonly behind: number;
}

interface AnswerUnderWay {
  readonly spans: Uint32Array;
  readonly failures: ReadFailure[];
  /** Where in all bytes the piece begins. */
  readonly base: number;
}

/** Requests that follow each other in a segment are read in one piece. */
function endOfPiece(requests: Uint32Array, first: number): number {
  const start = word(requests, first, 1);
  let end = start + word(requests, first, 2);
  let behind = first + 1;
  for (; behind * requestWords < requests.length; behind += 1) {
    const offset = word(requests, behind, 1);
    const endHere = offset + word(requests, behind, 2);
    const follows = word(requests, behind, 0) === word(requests, first, 0) && offset >= start && offset - end <= gapBytesMax;
    // A record that ends before the one in front of it, as far as is known, would make the piece shorter.
    if (!follows || endHere < end || endHere - start > pieceBytesMax) break;
    end = endHere;
  }
  return behind;
}

/** At least as much as all pieces need: gaps included. */
function totalBytes(requests: Uint32Array): number {
  let bytes = 0;
  for (let request = 0; request * requestWords < requests.length; request += 1) bytes += word(requests, request, 2) + gapBytesMax;
  return bytes;
}

function word(requests: Uint32Array, request: number, index: number): number {
  return requests[request * requestWords + index] ?? 0;
}
