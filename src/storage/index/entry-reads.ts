import { assertInvariant } from '../../shared/errors.ts';
import { unitBytes } from './index-slots.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { EntryPlace } from './log-index.ts';
import { entryHeaderBytes, entrySpan } from '../format/entry-format.ts';
import type { LogReader } from '../threads/reader.ts';
import type { ReadResult, ReadFailure } from '../segments/segment-reader.ts';
import { corruptError, readFailedError } from '../store-errors.ts';
import type { StoredValue } from '../store.ts';

/**
 * Bytes that are asked for at once, 64 KiB. Values share the buffer they were read in, and one value keeps all of it in memory. Smaller batches
 * also mean that one is read while another one is taken apart, and that a large collection does not hold up the caller's thread.
 */
const batchBytesMax = 64 * 1024;

/** One read of a collection. */
interface Reading {
  readonly collection: string;
  readonly entries: StoredValue[];
  /** Batches that hold entries of it and are not answered yet. */
  parts: number;
  readonly resolve: (entries: readonly StoredValue[]) => void;
  readonly reject: (error: Error) => void;
}

/** The requests of a batch that belong to a reading: those from `first` up to `behind`. */
interface Part {
  readonly reading: Reading;
  readonly first: number;
  readonly behind: number;
}

/** Gathers the reads of a turn into batches: one message to the reader's thread costs as much as a dozen entries. */
export class EntryReads {
  readonly #reader: LogReader;
  readonly #segments: SegmentTable;
  #parts: Part[] = [];
  #requests: number[] = [];
  /** The segment of each request. */
  #read: TrackedSegment[] = [];
  #bytes = 0;

  constructor(reader: LogReader, segments: SegmentTable) {
    this.#reader = reader;
    this.#segments = segments;
  }

  /**
   * The keys of a collection, given the places of its entries. The files stay until they are read.
   * Rejects with STORE_CORRUPT or STORE_READ_FAILED.
   */
  read(collection: string, places: readonly EntryPlace[]): Promise<readonly StoredValue[]> {
    return new Promise((resolve, reject) => {
      const reading: Reading = { collection, entries: [], parts: 0, resolve, reject };
      if (this.#read.length === 0) queueMicrotask(() => this.#flush());
      let first = this.#read.length;
      for (const { ordinal, offset, units } of places) {
        const segment = this.#segments.beginRead(ordinal);
        // What lies behind the segment's last entry is not there to be read.
        const bytesMax = Math.min(units * unitBytes, segment.bytes - offset);
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
      (answer) => {
        ended();
        settle(parts, answer);
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
      take(part, buffer, spans);
      if (reading.parts === 0) reading.resolve(reading.entries);
    } catch (error) {
      reading.reject(error as Error); // also for an invariant that is broken: nobody waits for ever
    }
  }
}

function take({ reading: { collection, entries }, first, behind }: Part, buffer: Buffer, spans: Uint32Array): void {
  for (let request = first; request < behind; request += 1) {
    const start = spans[request * 2] ?? 0;
    const span = entrySpan(buffer, start, start + (spans[request * 2 + 1] ?? 0));
    assertInvariant(span !== undefined && !span.removes, 'an index names entries that set their key');
    // The entry may belong to another collection, whose hash is the same (STORE-I2).
    if (buffer.toString('utf8', start + entryHeaderBytes, span.keyStart) !== collection) continue;
    entries.push({ key: buffer.toString('utf8', span.keyStart, span.valueStart), value: buffer.subarray(span.valueStart, span.end) });
  }
}

function toStoreError({ file, offset, error, reason }: ReadFailure): Error {
  return error === undefined ? corruptError(file, offset, reason) : readFailedError(file, error);
}
