import { assertInvariant } from '../shared/errors.ts';
import { unitBytes } from './index-slots.ts';
import type { LiveSegment, LiveSegments } from './live-segments.ts';
import type { RecordPlace } from './log-index.ts';
import { recordHeaderBytes, recordSpan } from './record-format.ts';
import type { RecordReader } from './record-reader.ts';
import type { ReadAnswer, ReadFailure } from './segment-reader.ts';
import { corruptError, readFailedError } from './store-errors.ts';
import type { StoredEntry } from './store.ts';

/**
 * Bytes that are asked for at once, 64 KiB. Values share the buffer they were read in, and one value keeps all of it in memory. Smaller batches
 * also mean that one is read while another one is taken apart.
 */
const batchBytesMax = 64 * 1024;

/** One read of a collection, part of a batch. */
interface Reading {
  readonly collection: string;
  /** Its requests are those from `first` up to `behind`. */
  readonly first: number;
  readonly behind: number;
  readonly resolve: (entries: readonly StoredEntry[]) => void;
  readonly reject: (error: Error) => void;
}

/** Gathers the reads of a turn into batches: one message to the reader's thread costs as much as a dozen records. */
export class RecordReads {
  readonly #reader: RecordReader;
  readonly #segments: LiveSegments;
  #readings: Reading[] = [];
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
      if (this.#readings.length === 0) queueMicrotask(() => this.#flush());
      const first = this.#read.length;
      for (const { ordinal, offset, units } of places) {
        const segment = this.#segments.beginRead(ordinal);
        // What lies behind the segment's last record is not there to be read.
        const bytesMax = Math.min(units * unitBytes, segment.bytes - offset);
        this.#requests.push(segment.entry.number, offset, bytesMax);
        this.#read.push(segment);
        this.#bytes += bytesMax;
      }
      this.#readings.push({ collection, first, behind: this.#read.length, resolve, reject });
      if (this.#bytes >= batchBytesMax) this.#flush();
    });
  }

  #flush(): void {
    const readings = this.#readings;
    const segments = this.#read;
    if (readings.length === 0) return;
    const requests = new Uint32Array(this.#requests);
    this.#readings = [];
    this.#requests = [];
    this.#read = [];
    this.#bytes = 0;
    const ended = (): void => segments.forEach((segment) => this.#segments.endRead(segment));
    this.#reader.read(requests).then(
      (answer) => {
        ended();
        settle(readings, answer);
      },
      (error: unknown) => {
        ended();
        for (const { reject } of readings) reject(error as Error); // a reader rejects with Errors
      },
    );
  }
}

function settle(readings: readonly Reading[], answer: ReadAnswer): void {
  const buffer = Buffer.from(answer.bytes);
  const { failures } = answer;
  for (const reading of readings) {
    const failure =
      failures.length === 0 ? undefined : failures.find(({ request }) => request >= reading.first && request < reading.behind);
    if (failure !== undefined) {
      reading.reject(toStoreError(failure));
      continue;
    }
    try {
      reading.resolve(entriesOf(reading, buffer, answer.spans));
    } catch (error) {
      reading.reject(error as Error); // an invariant that is broken: nobody waits for ever
    }
  }
}

function entriesOf({ collection, first, behind }: Reading, buffer: Buffer, spans: Uint32Array): StoredEntry[] {
  const entries: StoredEntry[] = [];
  for (let request = first; request < behind; request += 1) {
    const start = spans[request * 2] ?? 0;
    const span = recordSpan(buffer, start, start + (spans[request * 2 + 1] ?? 0));
    assertInvariant(span !== undefined && !span.removes, 'an index names records that set their entry');
    // The record may belong to another collection, whose hash is the same (I2).
    if (buffer.toString('utf8', start + recordHeaderBytes, span.keyStart) !== collection) continue;
    entries.push({ key: buffer.toString('utf8', span.keyStart, span.valueStart), value: buffer.subarray(span.valueStart, span.end) });
  }
  return entries;
}

function toStoreError({ file, offset, error, reason }: ReadFailure): Error {
  return error === undefined ? corruptError(file, offset, reason) : readFailedError(file, error);
}
