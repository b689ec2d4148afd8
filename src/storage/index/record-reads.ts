import { assertInvariant } from '../../shared/errors.ts';
import { unitBytes } from './index-slots.ts';
import type { LiveSegment, LiveSegments } from './live-segments.ts';
import type { RecordPlace } from './log-index.ts';
import { recordHeaderBytes, recordSpan } from '../format/record-format.ts';
import type { RecordReader } from '../threads/reader.ts';
import type { ReadAnswer, ReadFailure } from '../segments/segment-reader.ts';
import { corruptError, readFailedError } from '../store-errors.ts';
import type { StoredEntry } from '../store.ts';

/**
 * Bytes that are asked for at once, 64 KiB. Values share the buffer they were read in, and one value keeps all of it in memory. Smaller batches
 * also mean that one is read while another one is taken apart, and that a large collection does not hold up the caller's thread.
 */
const batchBytesMax = 64 * 1024;

/** One read of a collection. */
interface Reading {
  readonly collection: string;
  readonly entries: StoredEntry[];
  /** Batches that hold records of it and are not answered yet. */
  parts: number;
  readonly resolve: (entries: readonly StoredEntry[]) => void;
  readonly reject: (error: Error) => void;
}

/** The requests of a batch that belong to a reading: those from `first` up to `behind`. */
interface Part {
  readonly reading: Reading;
  readonly first: number;
  readonly behind: number;
}

/** Gathers the reads of a turn into batches: one message to the reader's thread costs as much as a dozen records. */
export class RecordReads {
  readonly #reader: RecordReader;
  readonly #segments: LiveSegments;
  #parts: Part[] = [];
  #requests: number[] = [];
  /** The segment of each request. */
  #read: LiveSegment[] = [];
  #bytes = 0;

  constructor(reader: RecordReader, segments: LiveSegments) {
    this.#reader = reader;
    this.#segments = segments;
  }

  /**
   * The entries of a collection, given the places of its records. The files stay until they are read.
   * Rejects with STORE_CORRUPT or STORE_READ_FAILED.
   */
  read(collection: string, places: readonly RecordPlace[]): Promise<readonly StoredEntry[]> {
    return new Promise((resolve, reject) => {
      const reading: Reading = { collection, entries: [], parts: 0, resolve, reject };
      if (this.#read.length === 0) queueMicrotask(() => this.#flush());
      let first = this.#read.length;
      for (const { ordinal, offset, units } of places) {
        const segment = this.#segments.beginRead(ordinal);
        // What lies behind the segment's last record is not there to be read.
        const bytesMax = Math.min(units * unitBytes, segment.bytes - offset);
        this.#requests.push(segment.entry.number, offset, bytesMax);
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
function settle(parts: readonly Part[], { bytes, spans, failures }: ReadAnswer): void {
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
    const span = recordSpan(buffer, start, start + (spans[request * 2 + 1] ?? 0));
    assertInvariant(span !== undefined && !span.removes, 'an index names records that set their entry');
    // The record may belong to another collection, whose hash is the same (I2).
    if (buffer.toString('utf8', start + recordHeaderBytes, span.keyStart) !== collection) continue;
    entries.push({ key: buffer.toString('utf8', span.keyStart, span.valueStart), value: buffer.subarray(span.valueStart, span.end) });
  }
}

function toStoreError({ file, offset, error, reason }: ReadFailure): Error {
  return error === undefined ? corruptError(file, offset, reason) : readFailedError(file, error);
}
