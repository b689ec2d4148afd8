import { readFullySync, writeFullySync, type Disk } from '../disk.ts';
import { frameHeaderBytes, isBodyIntact, parseFrameHeader, writeFrameHeader } from '../format/frame-format.ts';
import { NameHash } from '../format/name-hash.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import { checksumSeedOf, encodeSegmentHeader, segmentHeaderBytes, segmentPath, storeIdBytes } from '../format/segment-format.ts';
import { corruptError } from '../store-errors.ts';
import { ensureMarked, isMarked } from './writer-mark.ts';

/** Entries that are judged at once, and their bytes: bounds how long the thread that functions run on is busy with a batch. */
const batchEntriesMax = 4_000;
const batchBytesMax = 2 * 1024 * 1024;

/** A candidate is eight numbers. */
export const candidateWords = 8;
export const candidateField = { segment: 0, offset: 1, bytes: 2, collection: 3, first: 4, second: 5, commit: 6, commitHigh: 7 } as const;

/** Set in `commitHigh` when the entry removes its key. Commit numbers are safe integers: their high half has 21 bits. */
export const removesFlag = 0x8000_0000;

export interface CopierStart {
  readonly segmentsFolder: string;
  readonly storeId: string;
  /** The mark of the writer of the folder; see writer-mark.ts. */
  readonly mark: string;
}

/** Where the entries that were kept are, and the next ones to judge: none when all were shown. */
export interface Advance {
  readonly placed: Uint32Array<ArrayBuffer>;
  readonly candidates: Uint32Array<ArrayBuffer>;
}

/** Segments to copy from, each with its size, and the number of the one to write. */
export interface CopyTask {
  readonly number: number;
  readonly sources: readonly { readonly number: number; readonly bytes: number }[];
}

/** Entries that are judged at once. */
interface Batch {
  readonly candidates: number[];
  readonly entries: { readonly bytes: Buffer; readonly start: number; readonly end: number }[];
  /** The newest commit among their frames. */
  commit: number;
}

const noBatch: Batch = { candidates: [], entries: [], commit: 0 };

/** A frame that is being shown. */
interface SourceFrame {
  /** The segment it is from, and where it begins there. */
  readonly number: number;
  readonly offset: number;
  readonly bytes: Buffer;
  readonly commit: number;
  /** Where in the bytes the next entry begins. */
  next: number;
}

/**
 * Copies entries from segments that are closed into a new one, on the calling thread: it shows the entries, batch after batch, and copies
 * those that it is told to keep. It knows no index.
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
  /** What is being judged, and what comes next, as far as that was read ahead. */
  #batch: Batch = noBatch;
  #ahead: Batch | Error | undefined;

  constructor(start: CopierStart, disk: Disk) {
    this.#disk = disk;
    this.#start = start;
    this.#checksumSeed = checksumSeedOf(start.storeId);
    this.#hash = new NameHash(storeIdBytes(start.storeId));
  }

  begin(task: CopyTask): void {
    // Nothing of an earlier task may be taken for entries of this one.
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
   * Copies the entries of the last batch whose byte is not 0, and shows the next entries: none when all were shown. Keeping and showing are one
   * question, since each is a wait for the thread that functions run on. Throws STORE_CORRUPT for a frame that is not what was written.
   */
  advance(kept: Uint8Array): Advance {
    const placed = this.#keep(kept);
    this.readAhead();
    if (this.#ahead instanceof Error) throw this.#ahead;
    this.#batch = this.#ahead ?? noBatch;
    this.#ahead = undefined;
    return { placed, candidates: Uint32Array.from(this.#batch.candidates) };
  }

  /** Reads the next entries while the last ones are being judged; what is wrong with them is told when they are asked for. */
  readAhead(): void {
    if (this.#ahead !== undefined || this.#task === undefined) return;
    try {
      this.#ahead = this.#read();
    } catch (error) {
      this.#ahead = error as Error; // disks and formats throw Errors
    }
  }

  /** Makes the new segment durable, its name included, and answers its size. */
  finish(): number {
    const target = this.#target;
    if (target === undefined) return 0;
    this.#disk.fdatasyncSync(target.file);
    this.#disk.syncFolderSync(this.#start.segmentsFolder);
    this.#close();
    return target.end;
  }

  /** Removes what was written so far, if anything was begun. */
  abandon(): void {
    const { number } = this.#task ?? {};
    try {
      this.#close();
    } finally {
      if (number !== undefined) this.remove([number]);
    }
  }

  /** Nothing when the folder is another writer's: its segments may have the same numbers. */
  remove(segments: readonly number[]): void {
    if (!isMarked(this.#disk, this.#start.mark)) return;
    for (const number of segments) this.#disk.removeSync(segmentPath(this.#start.segmentsFolder, number));
  }

  #read(): Batch {
    const batch: Batch = { candidates: [], entries: [], commit: 0 };
    for (let bytes = 0; batch.entries.length < batchEntriesMax && bytes < batchBytesMax;) {
      const frame = (this.#frame ??= this.#readFrame());
      if (frame === undefined) break;
      if (frame.next === frame.bytes.length) {
        this.#frame = undefined;
        continue;
      }
      const start = frame.next;
      frame.next = this.#show(frame, batch.candidates);
      batch.entries.push({ bytes: frame.bytes, start, end: frame.next });
      batch.commit = Math.max(batch.commit, frame.commit);
      bytes += frame.next - start;
    }
    return batch;
  }

  /** Copies entries as one frame; answers where each of them is. */
  #keep(kept: Uint8Array): Uint32Array<ArrayBuffer> {
    const target = this.#target;
    const entries = this.#batch.entries.filter((_, index) => kept[index] !== 0 && index < kept.length);
    if (target === undefined || entries.length === 0) return new Uint32Array(0);
    const frame = Buffer.allocUnsafe(frameHeaderBytes + entries.reduce((sum, { start, end }) => sum + end - start, 0));
    let end = frameHeaderBytes;
    const offsets = entries.map((entry) => {
      const offset = target.end + end;
      end += entry.bytes.copy(frame, end, entry.start, entry.end);
      return offset;
    });
    writeFrameHeader(frame, this.#batch.commit, entries.length, this.#checksumSeed);
    writeFullySync(this.#disk, target.file, frame, target.end);
    target.end += frame.length;
    return Uint32Array.from(offsets);
  }

  /** Adds the next entry of the frame to the candidates and answers where it ends. */
  #show({ bytes, number, offset, next }: SourceFrame, candidates: number[]): number {
    const span = entrySpan(bytes, next, bytes.length);
    if (span === undefined) throw corruptError(this.#pathOf(number), offset + next, 'the frame holds no readable entries');
    this.#hash.update(bytes, next + entryHeaderBytes, span.keyStart, span.valueStart);
    const { collection, first, second } = this.#hash;
    const commitHigh = (Math.floor(span.commit / 0x1_0000_0000) | (span.removes ? removesFlag : 0)) >>> 0;
    candidates.push(number, offset + next, span.end - next, collection, first, second, span.commit >>> 0, commitHigh);
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

  /** Each file once only, also when closing it fails: its number may mean another one by then. */
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
