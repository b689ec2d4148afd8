import { assertInvariant } from '../../shared/errors.ts';
import { entryHeaderBytes, entrySpan, writeEntryChecksum, type EntrySpan } from './entry-format.ts';
import { writeFrameChecksums } from './frame-format.ts';
import { NameHash } from './name-hash.ts';
import { checksumSeedOf, storeIdBytes } from './segment-format.ts';

/**
 * A frame without checksums, in memory that two threads share: the caller's thread encodes it, the writer's thread seals and writes it where
 * it is, and returns only its position.
 */
export interface UnsealedFrame {
  /** The frame is at the beginning of this memory. */
  readonly area: SharedArrayBuffer;
  readonly byteLength: number;
  /** Number of entries. */
  readonly entries: number;
  /** Four numbers for each entry, see {@link markField}. */
  readonly marks: Int32Array<SharedArrayBuffer>;
}

/** Offset of the entry in the frame, with the flag {@link namesWanted}; and the hashes of its names in a sealed frame, if they are wanted. */
export const markField = { start: 0, collection: 1, first: 2, second: 3 } as const;
export const markWords = 4;

/** Flag in `start` of an entry whose names have to be hashed. Commits have at most 2^28 bytes. */
export const namesWanted = 0x8000_0000;

/** Returns the offset of an entry in the frame, given the number of its first mark. */
export function startAt(marks: Int32Array, mark: number): number {
  return (marks[mark] ?? 0) & ~namesWanted;
}

/** Completes the frames of a store. */
export class FrameSeal {
  readonly #checksumSeed: number;
  readonly #hash: NameHash;

  constructor(storeId: string) {
    this.#checksumSeed = checksumSeedOf(storeId);
    this.#hash = new NameHash(storeIdBytes(storeId));
  }

  /** Writes all checksums of a frame, and hashes the names that have to be hashed. Returns the bytes of the frame. */
  seal({ area, byteLength, entries, marks }: UnsealedFrame): Buffer {
    const bytes = Buffer.from(area, 0, byteLength);
    for (let mark = 0; mark < entries * markWords; mark += markWords) {
      const start = startAt(marks, mark);
      const span = entrySpan(bytes, start, byteLength);
      assertInvariant(span !== undefined, 'a frame that was encoded holds whole entries');
      writeEntryChecksum(bytes, start, span.end, this.#checksumSeed);
      if (((marks[mark] ?? 0) & namesWanted) !== 0) this.#markNames(bytes, start, span, marks, mark);
    }
    writeFrameChecksums(bytes, this.#checksumSeed);
    return bytes;
  }

  #markNames(bytes: Buffer, start: number, { keyStart, valueStart }: EntrySpan, marks: Int32Array, mark: number): void {
    const hash = this.#hash;
    hash.update(bytes, start + entryHeaderBytes, keyStart, valueStart);
    marks[mark + markField.collection] = hash.collection;
    marks[mark + markField.first] = hash.first;
    marks[mark + markField.second] = hash.second;
  }
}
