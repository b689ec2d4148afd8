import { readFullySync, writeFullySync, type Disk } from '../disk.ts';
import { frameHeaderBytes, isBodyIntact, parseFrameHeader, writeFrameChecksums, writeFrameHeader } from '../format/frame-format.ts';
import { NameHash } from '../format/name-hash.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import { checksumSeedOf, encodeSegmentHeader, segmentHeaderBytes, segmentPath, storeIdBytes } from '../format/segment-format.ts';
import { corruptError } from '../store-errors.ts';
import { ensureMarked, isMarked } from './writer-mark.ts';

/** Largest batch, in entries and bytes. It limits how long a batch occupies the thread that functions run on. */
const batchEntriesMax = 4_000;
const batchBytesMax = 2 * 1024 * 1024;

/** Numbers of a candidate; see {@link candidateField}. */
export const candidateWords = 8;
export const candidateField = { segment: 0, offset: 1, bytes: 2, collection: 3, first: 4, second: 5, commit: 6, commitHigh: 7 } as const;

/** Flag in `commitHigh` of an entry that removes its key. Commit numbers are safe integers, so their high half has 21 bits. */
export const removesFlag = 0x8000_0000;

export interface CopierStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
  /** The mark of the writer of the folder; see writer-mark.ts. */
  readonly mark: string;
}

/** Offsets of the entries that were copied, and the next candidates. No candidates are left at the end. */
export interface Advance {
  readonly placed: Uint32Array<ArrayBuffer>;
  readonly candidates: Int32Array<ArrayBuffer>;
}

/** Segments to copy from, with their sizes, and the number of the segment to write. */
export interface CopyTask {
  readonly number: number;
  readonly sources: readonly { readonly number: number; readonly bytes: number }[];
}

/** Entries that are shown at once. */
interface Batch {
  readonly candidates: Int32Array<ArrayBuffer>;
  /** Frames of the entries, and for each entry the index of its frame, and its start and end in it. */
  readonly frames: readonly Buffer[];
  readonly places: Int32Array;
  /** Newest commit of their frames. */
  readonly commit: number;
}

/** Numbers of an entry in the places of a batch. */
const placeWords = 3;

const noBatch: Batch = { candidates: new Int32Array(0), frames: [], places: new Int32Array(0), commit: 0 };

/** A frame whose entries are being shown. */
interface SourceFrame {
  /** Segment of the frame, and its offset there. */
  readonly number: number;
  readonly offset: number;
  readonly bytes: Buffer;
  readonly commit: number;
  /** Offset in `bytes` of the next entry. */
  next: number;
}

/**
 * Copies entries from closed segments into a new one, on the calling thread. It shows the entries in batches and copies those that the caller
 * keeps. It has no index.
 */
export class SegmentCopier {
  readonly #disk: Disk;
  readonly #start: CopierStart;
  readonly #checksumSeed: number;
  readonly #hash: NameHash;
  #task: CopyTask | undefined;
  #target: { readonly file: number; end: number } | undefined;
  #source = 0;
  #sourceFile: number | undefined;
  #offset = segmentHeaderBytes;
  #frame: SourceFrame | undefined;
  /** The batch that the caller has, and the next one if it was read ahead. */
  #batch: Batch = noBatch;
  #ahead: Batch | Error | undefined;

  constructor(start: CopierStart, disk: Disk) {
    this.#disk = disk;
    this.#start = start;
    this.#checksumSeed = checksumSeedOf(start.storeId);
    this.#hash = new NameHash(storeIdBytes(start.storeId));
  }

  begin(task: CopyTask): void {
    // Nothing of an earlier task may be mixed with this one.
    this.#close();
    ensureMarked(this.#disk, this.#start.mark);
    this.#task = task;
    this.#source = 0;
    this.#offset = segmentHeaderBytes;
    const file = this.#disk.openSync(segmentPath(this.#start.segmentsFolder, task.number), 'create');
    this.#target = { file, end: segmentHeaderBytes };
    writeFullySync(this.#disk, file, encodeSegmentHeader(this.#start.storeId, task.number), 0);
  }

  /**
   * Copies the entries of the last batch whose byte in `kept` is not 0, and returns the next candidates. Both are one call, since each call is
   * a message between threads. Throws STORE_CORRUPT for a damaged frame.
   */
  advance(kept: Uint8Array): Advance {
    const placed = this.#keep(kept);
    this.readAhead();
    if (this.#ahead instanceof Error) throw this.#ahead;
    this.#batch = this.#ahead ?? noBatch;
    this.#ahead = undefined;
    return { placed, candidates: this.#batch.candidates };
  }

  /** Reads the next batch while the caller judges the last one. The next `advance` throws the error if reading fails. */
  readAhead(): void {
    if (this.#ahead !== undefined || this.#task === undefined) return;
    try {
      this.#ahead = this.#read();
    } catch (error) {
      this.#ahead = error as Error; // disks and formats throw Errors
    }
  }

  /** Makes the new segment and its name durable. Returns its size in bytes. */
  finish(): number {
    const target = this.#target;
    if (target === undefined) return 0;
    this.#disk.fdatasyncSync(target.file);
    this.#disk.syncFolderSync(this.#start.segmentsFolder);
    this.#close();
    return target.end;
  }

  /** Removes the segment that was begun, if any. */
  abandon(): void {
    const { number } = this.#task ?? {};
    try {
      this.#close();
    } finally {
      if (number !== undefined) this.remove([number]);
    }
  }

  /** Removes segment files. Does nothing when another writer has taken the folder over: its segments may have the same numbers. */
  remove(segments: readonly number[]): void {
    if (!isMarked(this.#disk, this.#start.mark)) return;
    for (const number of segments) this.#disk.removeSync(segmentPath(this.#start.segmentsFolder, number));
  }

  #read(): Batch {
    const candidates = new Int32Array(batchEntriesMax * candidateWords);
    const places = new Int32Array(batchEntriesMax * placeWords);
    const frames: Buffer[] = [];
    let [count, bytes, commit] = [0, 0, 0];
    while (count < batchEntriesMax && bytes < batchBytesMax) {
      const frame = (this.#frame ??= this.#readFrame());
      if (frame === undefined) break;
      if (frame.next === frame.bytes.length) {
        this.#frame = undefined;
        continue;
      }
      if (frames.at(-1) !== frame.bytes) frames.push(frame.bytes);
      const start = frame.next;
      frame.next = this.#show(frame, candidates, count * candidateWords);
      places[count * placeWords] = frames.length - 1;
      places[count * placeWords + 1] = start;
      places[count * placeWords + 2] = frame.next;
      commit = Math.max(commit, frame.commit);
      bytes += frame.next - start;
      count += 1;
    }
    return { candidates: candidates.slice(0, count * candidateWords), frames, places, commit };
  }

  /** Copies entries as one frame. Returns their offsets. */
  #keep(kept: Uint8Array): Uint32Array<ArrayBuffer> {
    const target = this.#target;
    const { places, commit } = this.#batch;
    let [entries, bytes] = [0, frameHeaderBytes];
    for (let entry = 0; entry < kept.length; entry += 1) {
      if (kept[entry] === 0) continue;
      entries += 1;
      bytes += (places[entry * placeWords + 2] ?? 0) - (places[entry * placeWords + 1] ?? 0);
    }
    if (target === undefined || entries === 0) return new Uint32Array(0);
    const frame = Buffer.allocUnsafe(bytes);
    const offsets = this.#copyEntries(kept, frame, new Uint32Array(entries), target.end);
    writeFrameHeader(new DataView(frame.buffer, frame.byteOffset, bytes), bytes - frameHeaderBytes, commit, entries);
    writeFrameChecksums(frame, this.#checksumSeed);
    writeFullySync(this.#disk, target.file, frame, target.end);
    target.end += bytes;
    return offsets;
  }

  /** Copies entries to a frame that begins at `base`. Entries that follow each other are copied together. */
  #copyEntries(kept: Uint8Array, into: Buffer, offsets: Uint32Array<ArrayBuffer>, base: number): Uint32Array<ArrayBuffer> {
    const { frames, places } = this.#batch;
    let [end, copied] = [frameHeaderBytes, 0];
    for (let entry = 0; entry < kept.length;) {
      const first = entry++;
      if (kept[first] === 0) continue;
      const number = places[first * placeWords] ?? 0;
      const start = places[first * placeWords + 1] ?? 0;
      offsets[copied++] = base + end;
      while (entry < kept.length && kept[entry] !== 0 && places[entry * placeWords] === number) {
        offsets[copied++] = base + end + (places[entry * placeWords + 1] ?? 0) - start;
        entry += 1;
      }
      end += frames[number]?.copy(into, end, start, places[(entry - 1) * placeWords + 2]) ?? 0;
    }
    return offsets;
  }

  /** Writes the next entry of the frame to the candidates, at `word`. Returns where the entry ends. */
  #show({ bytes, number, offset, next }: SourceFrame, candidates: Int32Array, word: number): number {
    const span = entrySpan(bytes, next, bytes.length);
    if (span === undefined) throw corruptError(this.#pathOf(number), offset + next, 'the frame holds no readable entries');
    const hash = this.#hash;
    hash.update(bytes, next + entryHeaderBytes, span.keyStart, span.valueStart);
    candidates[word + candidateField.segment] = number;
    candidates[word + candidateField.offset] = offset + next;
    candidates[word + candidateField.bytes] = span.end - next;
    candidates[word + candidateField.collection] = hash.collection;
    candidates[word + candidateField.first] = hash.first;
    candidates[word + candidateField.second] = hash.second;
    candidates[word + candidateField.commit] = span.commit;
    candidates[word + candidateField.commitHigh] = Math.floor(span.commit / 0x1_0000_0000) | (span.removes ? removesFlag : 0);
    return span.end;
  }

  #readFrame(): SourceFrame | undefined {
    for (;;) {
      const source = this.#task?.sources[this.#source];
      if (source === undefined) return undefined;
      if (this.#offset < source.bytes) return this.#frameAt(source.number, source.bytes);
      this.#closeSource();
      this.#source += 1;
      this.#offset = segmentHeaderBytes;
    }
  }

  #frameAt(number: number, sourceBytes: number): SourceFrame {
    const path = this.#pathOf(number);
    const file = (this.#sourceFile ??= this.#disk.openSync(path, 'read'));
    const offset = this.#offset;
    const head = Buffer.alloc(frameHeaderBytes);
    const headBytes = readFullySync(this.#disk, file, head, offset);
    const header = parseFrameHeader(head.subarray(0, headBytes), 0, this.#checksumSeed);
    const damaged = (): Error => corruptError(path, offset, 'the frame is not what was written');
    if (header === undefined || offset + header.end > sourceBytes) throw damaged();
    const bytes = Buffer.allocUnsafe(header.end);
    if (readFullySync(this.#disk, file, bytes, offset) < bytes.length || !isBodyIntact(bytes, 0, header, this.#checksumSeed))
      throw damaged();
    this.#offset += header.end;
    return { number, offset, bytes, commit: header.commit, next: frameHeaderBytes };
  }

  #pathOf(number: number): string {
    return segmentPath(this.#start.segmentsFolder, number);
  }

  /** Closes each file at most once, even if closing fails: the descriptor may belong to another file by then. */
  #close(): void {
    const target = this.#target;
    this.#target = undefined;
    this.#task = undefined;
    this.#frame = undefined;
    this.#batch = noBatch;
    this.#ahead = undefined;
    try {
      this.#closeSource();
    } finally {
      if (target !== undefined) this.#disk.closeSync(target.file);
    }
  }

  #closeSource(): void {
    const file = this.#sourceFile;
    this.#sourceFile = undefined;
    if (file !== undefined) this.#disk.closeSync(file);
  }
}
