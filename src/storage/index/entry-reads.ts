import { assertInvariant } from '../../shared/errors.ts';
import { unitBytes } from './index-slots.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { EntryPlace } from './log-index.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import type { LogReader } from '../threads/reader.ts';
import { gapBytesMax, type ReadResult, type ReadFailure } from '../segments/segment-reader.ts';
import { corruptError, readFailedError } from '../store-errors.ts';
import type { StoredValue } from '../store.ts';

/**
 * Size of a batch, 64 KiB. Values share the buffer they were read in, so one value keeps all of it in memory. With small batches one batch is
 * read while another is decoded, and a large collection does not block the calling thread.
 */
const batchBytesMax = 64 * 1024;

/** Most entries that are read at once, on the calling thread. It limits how long a read from the disk can block it. */
const readNowMax = 16;

/** One read of a collection. */
interface Reading {
  readonly collection: string;
  readonly entries: StoredValue[];
  /** Number of batches with requests of this reading that are not read yet. */
  parts: number;
  readonly resolve: (entries: readonly StoredValue[]) => void;
  readonly reject: (error: Error) => void;
}

/** The requests of a batch that belong to one reading: from `first` up to, but not including, `behind`. */
interface Part {
  readonly reading: Reading;
  readonly first: number;
  readonly behind: number;
}

/**
 * Reads few entries at once when they are likely to be in memory. Collects the other reads of one turn of the event loop into batches: a message
 * to the reader's thread costs as much as a dozen entries.
 */
export class EntryReads {
  readonly #reader: LogReader;
  readonly #segments: SegmentTable;
  #parts: Part[] = [];
  #requests: number[] = [];
  /** The segment of each request. */
  #read: TrackedSegment[] = [];
  #bytes = 0;
  /** Memory of the reads on the calling thread. */
  readonly #now = {
    requests: new Uint32Array(readNowMax * 3),
    bytes: Buffer.allocUnsafeSlow(batchBytesMax + readNowMax * gapBytesMax),
    spans: new Uint32Array(readNowMax * 2),
  };

  constructor(reader: LogReader, segments: SegmentTable) {
    this.#reader = reader;
    this.#segments = segments;
  }

  /**
   * Returns the stored values of a collection, given the places of its entries. Their segment files stay until they are read.
   * Throws or rejects with STORE_CORRUPT or STORE_READ_FAILED.
   */
  read(collection: string, places: readonly EntryPlace[]): readonly StoredValue[] | Promise<readonly StoredValue[]> {
    return this.#readNow(collection, places) ?? this.#readLater(collection, places);
  }

  #readNow(collection: string, places: readonly EntryPlace[]): readonly StoredValue[] | undefined {
    if (places.length > readNowMax) return undefined;
    const { requests, bytes, spans } = this.#now;
    let [next, bytesMax] = [0, 0];
    for (const { ordinal, offset, units } of places) {
      const segment = this.#segments.at(ordinal);
      const entryBytes = bytesMaxOf(segment, offset, units);
      requests[next] = segment.listed.number;
      requests[next + 1] = offset;
      requests[next + 2] = entryBytes;
      bytesMax += entryBytes;
      next += 3;
    }
    if (bytesMax > batchBytesMax) return undefined;
    const failures = this.#reader.readNow(requests.subarray(0, next), bytes, spans);
    if (failures === undefined) return undefined;
    const [failure] = failures;
    if (failure !== undefined) throw toStoreError(failure);
    const entries: StoredValue[] = [];
    take({ collection, entries, copies: true }, bytes, spans, 0, places.length);
    return entries;
  }

  #readLater(collection: string, places: readonly EntryPlace[]): Promise<readonly StoredValue[]> {
    return new Promise((resolve, reject) => {
      const reading: Reading = { collection, entries: [], parts: 0, resolve, reject };
      if (this.#read.length === 0) queueMicrotask(() => this.#flush());
      let first = this.#read.length;
      for (const { ordinal, offset, units } of places) {
        const segment = this.#segments.beginRead(ordinal);
        const bytesMax = bytesMaxOf(segment, offset, units);
        this.#requests.push(segment.listed.number, offset, bytesMax);
        this.#read.push(segment);
        this.#bytes += bytesMax;
        if (this.#bytes < batchBytesMax) continue;
        this.#addPart(reading, first);
        this.#flush();
        first = 0;
      }
      this.#addPart(reading, first);
    });
  }

  #addPart(reading: Reading, first: number): void {
    const behind = this.#read.length;
    if (behind === first) return;
    reading.parts += 1;
    this.#parts.push({ reading, first, behind });
  }

  #flush(): void {
    const parts = this.#parts;
    const segments = this.#read;
    if (parts.length === 0) return;
    const requests = new Uint32Array(this.#requests);
    this.#parts = [];
    this.#requests = [];
    this.#read = [];
    this.#bytes = 0;
    const ended = (): void => segments.forEach((segment) => this.#segments.endRead(segment));
    this.#reader.read(requests).then(
      (result) => {
        ended();
        settle(parts, result);
      },
      (error: unknown) => {
        ended();
        for (const { reading } of parts) reading.reject(error as Error); // a reader rejects with Errors
      },
    );
  }
}

/** A reading that was rejected for one of its parts stays rejected. */
function settle(parts: readonly Part[], { bytes, spans, failures }: ReadResult): void {
  const buffer = Buffer.from(bytes);
  for (const part of parts) {
    const { reading, first, behind } = part;
    const failure = failures.length === 0 ? undefined : failures.find(({ request }) => request >= first && request < behind);
    reading.parts -= 1;
    try {
      if (failure !== undefined) throw toStoreError(failure);
      take({ collection: reading.collection, entries: reading.entries, copies: false }, buffer, spans, first, behind);
      if (reading.parts === 0) reading.resolve(reading.entries);
    } catch (error) {
      reading.reject(error as Error); // a broken invariant too, so that the promise settles
    }
  }
}

/** Returns the most bytes that an entry can have. Sizes in units are rounded up and may exceed the end of the segment. */
function bytesMaxOf(segment: TrackedSegment, offset: number, units: number): number {
  return Math.min(units * unitBytes, segment.bytes - offset);
}

/** Where entries go to, and whether their values are copied because the buffer is used again. */
interface Taking {
  readonly collection: string;
  readonly entries: StoredValue[];
  readonly copies: boolean;
}

/** Adds the entries of the requests from `first` up to, but not including, `behind`. */
function take({ collection, entries, copies }: Taking, buffer: Buffer, spans: Uint32Array, first: number, behind: number): void {
  for (let request = first; request < behind; request += 1) {
    const start = spans[request * 2] ?? 0;
    const span = entrySpan(buffer, start, start + (spans[request * 2 + 1] ?? 0));
    assertInvariant(span !== undefined && !span.removes, 'the index points to entries that set a value');
    // The entry may belong to another collection with the same hash (STORE-I2).
    if (buffer.toString('utf8', start + entryHeaderBytes, span.keyStart) !== collection) continue;
    const value = buffer.subarray(span.valueStart, span.end);
    entries.push({ key: buffer.toString('utf8', span.keyStart, span.valueStart), value: copies ? Buffer.from(value) : value });
  }
}

function toStoreError({ file, offset, error, reason }: ReadFailure): Error {
  return error === undefined ? corruptError(file, offset, reason) : readFailedError(file, error);
}
