import type { FileHandle } from 'node:fs/promises';

/** A line of a file, without its end. */
export interface Line {
  readonly data: Buffer;
  /** Where its first byte stands. */
  readonly startOffset: number;
  /** Where the next line starts. */
  readonly endOffset: number;
  /** Longer than the limit: `data` is only its beginning. */
  readonly isTruncated: boolean;
}

/** Bytes of one read: large enough to make calls rare, small enough for many files at once. */
const chunkBytes = 256 * 1024;
/** What is kept of a line that is too long: enough to recognise it. */
const truncatedBytes = 64 * 1024;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads the lines of a file that may grow. It keeps at most one line in memory beside the chunk being read: what goes beyond
 * `lineBytesMax` is passed over.
 */
export class LineReader {
  readonly #file: FileHandle;
  readonly #lineBytesMax: number;
  /** Where the next chunk is read. */
  #offset: number;
  /** The beginning of a line whose end has not been read. */
  #pieces: Buffer[] = [];
  #pendingBytes = 0;
  #pendingStart: number;
  #isTruncated = false;

  constructor(file: FileHandle, offset: number, lineBytesMax: number) {
    this.#file = file;
    this.#offset = offset;
    this.#pendingStart = offset;
    this.#lineBytesMax = lineBytesMax;
  }

  /** How far the file has been read. */
  get offset(): number {
    return this.#offset;
  }

  /** The lines that end in the next chunk, perhaps none; undefined at the end of the file as it is now. */
  async read(): Promise<readonly Line[] | undefined> {
    // Lines are parts of the chunk, not copies, so every chunk has memory of its own.
    const chunk = Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await this.#file.read(chunk, 0, chunkBytes, this.#offset);
    if (bytesRead === 0) return undefined;
    this.#offset += bytesRead;
    return this.#split(chunk.subarray(0, bytesRead));
  }

  /** What stands behind the last line end, as a line. */
  takeRest(): Line | undefined {
    return this.#pendingBytes === 0 ? undefined : this.#finishLine(Buffer.alloc(0), this.#offset);
  }

  #split(chunk: Buffer): readonly Line[] {
    const lines: Line[] = [];
    const chunkOffset = this.#offset - chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      lines.push(this.#finishLine(chunk.subarray(start, end), chunkOffset + end + 1));
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
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

  #finishLine(lastPiece: Buffer, endOffset: number): Line {
    this.#keep(lastPiece);
    const [first = lastPiece] = this.#pieces;
    const whole = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first;
    const data = whole.at(-1) === carriageReturn && !this.#isTruncated ? whole.subarray(0, -1) : whole;
    const line = { data, startOffset: this.#pendingStart, endOffset, isTruncated: this.#isTruncated };
    this.#pieces = [];
    this.#pendingBytes = 0;
    this.#pendingStart = endOffset;
    this.#isTruncated = false;
    return line;
  }
}
