import type { FileHandle } from 'node:fs/promises';
import { checkedBytes, checksumOf, type FilePosition } from './file-position.ts';

/** A line of a file, without its end. */
export interface Line {
  readonly data: Buffer;
  /** Where its first byte stands. */
  readonly startOffset: number;
  /** Where the next line starts. */
  readonly endOffset: number;
  /** The bytes of the file that stand before `endOffset`, as many as a position is checked by. */
  readonly bytesBefore: Buffer;
  /** Longer than the limit: `data` is only its beginning. */
  readonly isTruncated: boolean;
}

/** Bytes of one read: large enough to make calls rare, small enough for many files at once. */
const chunkBytes = 256 * 1024;
/** What is kept of a line that is too long: enough to recognise it. */
const truncatedBytes = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** What was read before is not there any more. */
export class ContentChanged extends Error {}

/**
 * Reads the lines of a file that may grow. Every read begins with the last bytes of the one before, and throws ContentChanged when they are
 * others: the file was replaced, or shortened and written again, and lines would be skipped. It keeps at most one line in memory beside the chunk being read: what goes beyond
 * `lineBytesMax` is passed over.
 */
export class LineReader {
  #file: FileHandle;
  readonly #lineBytesMax: number;
  /** Where the next chunk is read. */
  #offset: number;
  /** What stands before that. */
  #bytesBefore: Buffer = Buffer.alloc(0);
  /** The beginning of a line whose end has not been read. */
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

  /** Throws ContentChanged when the file is not the one that the position was taken from. */
  static async open(file: FileHandle, { offset, checksum }: FilePosition, lineBytesMax: number): Promise<LineReader> {
    const reader = new LineReader(file, offset, lineBytesMax);
    const bytes = Buffer.alloc(Math.min(checkedBytes, offset));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset - bytes.length);
    if (bytesRead < bytes.length || (checksum !== undefined && checksumOf(bytes) !== checksum)) throw new ContentChanged();
    reader.#bytesBefore = bytes;
    return reader;
  }

  /** Reads on in another file that holds the same up to here; the next read finds out whether it does. */
  moveTo(file: FileHandle): void {
    this.#file = file;
  }

  /** How far the file has been read. */
  get offset(): number {
    return this.#offset;
  }

  /** The lines that end in the next chunk, perhaps none; undefined at the end of the file as it is now. */
  async read(): Promise<readonly Line[] | undefined> {
    // Lines are parts of the chunk, not copies, so every chunk has memory of its own.
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

  /** What stands behind the last line end, as a line. */
  takeRest(): Line | undefined {
    return this.#pendingBytes === 0 ? undefined : this.#finishLine(Buffer.alloc(0), this.#offset, this.#bytesBefore);
  }

  /** `from` is where the bytes begin that were not read before. */
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
