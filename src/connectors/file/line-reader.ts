import type { FileHandle } from 'node:fs/promises';
import { checkedBytes, checksumOf, type FilePosition } from './file-position.ts';

/** A line of a file, without its end. */
export interface Line {
  readonly data: Buffer;
  /** The offset of its first byte. */
  readonly startOffset: number;
  /** The offset of the next line. */
  readonly endOffset: number;
  /** The bytes before `endOffset` that the checksum of a position covers. */
  readonly bytesBefore: Buffer;
  /** Whether the line is longer than the limit, so that `data` is only its beginning. */
  readonly isTruncated: boolean;
}

/** Bytes per read: large enough to make calls rare, small enough for many files at once. */
const chunkBytes = 256 * 1024;
/** Bytes kept of a line that is too long: enough to recognise it. */
const truncatedBytes = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Thrown when bytes that were read before have changed. */
export class ContentChanged extends Error {}

/**
 * Reads the lines of a file that may grow. Each read repeats the last bytes of the previous one, and throws ContentChanged if they differ: the
 * file was replaced, or shortened and written again, and lines would be skipped. Memory holds at most one line and the current chunk; bytes of
 * a line beyond `lineBytesMax` are skipped.
 */
export class LineReader {
  #file: FileHandle;
  readonly #lineBytesMax: number;
  /** The offset of the next chunk. */
  #offset: number;
  /** The bytes before `#offset`. */
  #bytesBefore: Buffer = Buffer.alloc(0);
  /** The beginning of a line whose end has not been read yet. */
  #pieces: Buffer[] = [];
  #pendingBytes = 0;
  #pendingStart: number;
  #isTruncated = false;

  private constructor(file: FileHandle, offset: number, lineBytesMax: number) {
    this.#file = file;
    this.#offset = offset;
    this.#pendingStart = offset;
    this.#lineBytesMax = lineBytesMax;
  }

  /** Opens a reader at a position. Throws ContentChanged if the file is not the one that the position belongs to. */
  static async open(file: FileHandle, { offset, checksum }: FilePosition, lineBytesMax: number): Promise<LineReader> {
    const reader = new LineReader(file, offset, lineBytesMax);
    const bytes = Buffer.alloc(Math.min(checkedBytes, offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset - bytes.length);
    if (bytesRead < bytes.length || (checksum !== undefined && checksumOf(bytes) !== checksum)) throw new ContentChanged();
    reader.#bytesBefore = bytes;
    return reader;
  }

  /** Continues in another file with the same content up to here; the next read checks that. */
  moveTo(file: FileHandle): void {
    this.#file = file;
  }

  /** The offset up to which the file has been read. */
  get offset(): number {
    return this.#offset;
  }

  /** Reads the next chunk. Returns the lines that end in it, possibly none, or undefined at the current end of the file. */
  async read(): Promise<readonly Line[] | undefined> {
    // Lines are parts of the chunk, not copies, so each chunk gets new memory.
    const known = this.#bytesBefore.length;
    const bytes = Buffer.allocUnsafeSlow(known + chunkBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, this.#offset - known);
    if (!bytes.subarray(0, Math.min(known, bytesRead)).equals(this.#bytesBefore)) throw new ContentChanged();
    if (bytesRead === known) return undefined;
    this.#offset += bytesRead - known;
    const lines = this.#split(bytes.subarray(0, bytesRead), known);
    this.#bytesBefore = Buffer.from(bytes.subarray(Math.max(0, bytesRead - checkedBytes), bytesRead));
    return lines;
  }

  /** Returns the text after the last line end as a line. */
  takeRest(): Line | undefined {
    return this.#pendingBytes === 0 ? undefined : this.#finishLine(Buffer.alloc(0), this.#offset, this.#bytesBefore);
  }

  /** Splits bytes into lines. Bytes before `from` were read before. */
  #split(bytes: Buffer, from: number): readonly Line[] {
    const lines: Line[] = [];
    const offset = this.#offset - bytes.length;
    let start = from;
    for (let end = bytes.indexOf(newline, start); end !== -1; end = bytes.indexOf(newline, start)) {
      const next = end + 1;
      lines.push(this.#finishLine(bytes.subarray(start, end), offset + next, bytes.subarray(Math.max(0, next - checkedBytes), next)));
      start = next;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#pendingBytes += piece.length;
    if (this.#isTruncated) return;
    this.#pieces.push(piece);
    if (this.#pendingBytes <= this.#lineBytesMax) return;
    this.#isTruncated = true;
    this.#pieces = [Buffer.from(Buffer.concat(this.#pieces).subarray(0, truncatedBytes))];
  }

  #finishLine(lastPiece: Buffer, endOffset: number, bytesBefore: Buffer): Line {
    this.#keep(lastPiece);
    const [first = lastPiece] = this.#pieces;
    const whole = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
    const data = whole.at(-1) === carriageReturn && !this.#isTruncated ? whole.subarray(0, -1) : whole;
    const line = { data, startOffset: this.#pendingStart, endOffset, bytesBefore, isTruncated: this.#isTruncated };
    this.#pieces = [];
    this.#pendingBytes = 0;
    this.#pendingStart = endOffset;
    this.#isTruncated = false;
    return line;
  }
}
