import { assertInvariant } from '../shared/errors.ts';
import { unitBytes } from './index-slots.ts';
import type { LiveSegment, LiveSegments } from './live-segments.ts';
import type { RecordPlace } from './log-index.ts';
import { recordHeaderBytes, recordSpan } from './record-format.ts';
import type { RecordReader } from './record-reader.ts';
import { requestWords, type ReadAnswer, type ReadFailure } from './segment-reader.ts';
import { corruptError, readFailedError } from './store-errors.ts';
import type { StoredEntry } from './store.ts';

/** Bytes that are asked for at once: values share the buffer they were read in, and one value keeps all of it in memory. */
const batchBytesMax = 256 * 1024;

/** One read of a collection, part of a batch. */
interface Reading {
  readonly collection: Buffer;
  readonly segments: readonly LiveSegment[];
  readonly first: number;
  readonly resolve: (entries: readonly StoredEntry[]) => void;
  readonly reject: (error: Error) => void;
}

/** Gathers the reads of a turn into batches: one message to the reader's thread costs as much as a dozen records. */
export class RecordReads {
  readonly #reader: RecordReader;
  readonly #segments: LiveSegments;
  #readings: Reading[] = [];
  #requests: number[] = [];
  #bytes = 0;

  constructor(reader: RecordReader, segments: LiveSegments) {
    this.#reader = reader;
    this.#segments = segments;
  }

  /**
   * The entries of a collection, given its name as UTF-8 and the places of its records. The files stay until they are read.
   * Rejects with STORE_CORRUPT or STORE_READ_FAILED.
   */
  read(collection: Buffer, places: readonly RecordPlace[]): Promise<readonly StoredEntry[]> {
    return new Promise((resolve, reject) => {
      if (this.#readings.length === 0) queueMicrotask(() => this.#flush());
      const first = this.#requests.length / requestWords;
      const segments = places.map(({ ordinal, offset, units }) => {
        const segment = this.#segments.beginRead(ordinal);
        // What lies behind the segment's last record is not there to be read.
        const bytesMax = Math.min(units * unitBytes, segment.bytes - offset);
        this.#requests.push(segment.entry.number, offset, bytesMax);
        this.#bytes += bytesMax;
        return segment;
      });
      this.#readings.push({ collection, segments, first, resolve, reject });
      if (this.#bytes >= batchBytesMax) this.#flush();
    });
  }

  #flush(): void {
    const readings = this.#readings;
    if (readings.length === 0) return;
    const requests = Uint32Array.from(this.#requests);
    this.#readings = [];
    this.#requests = [];
    this.#bytes = 0;
    this.#reader
      .read(requests)
      .then(
        (answer) => settle(readings, answer),
        (error: unknown) => readings.forEach(({ reject }) => reject(error as Error)), // a reader rejects with Errors
      )
      .finally(() => {
        for (const { segments } of readings) for (const segment of segments) this.#segments.endRead(segment);
      });
  }
}

function settle(readings: readonly Reading[], { bytes, spans, failures }: ReadAnswer): void {
  const buffer = Buffer.from(bytes);
  const failed = new Map(failures.map((failure) => [failure.request, failure]));
  for (const { collection, segments, first, resolve, reject } of readings) {
    const entries: StoredEntry[] = [];
    let failure: ReadFailure | undefined;
    for (let request = first; request < first + segments.length; request += 1) {
      failure ??= failed.get(request);
      const entry = failed.has(request) ? undefined : entryAt(buffer, spans, request, collection);
      if (entry !== undefined) entries.push(entry);
    }
    if (failure === undefined) resolve(entries);
    else reject(toStoreError(failure));
  }
}

/** Undefined when the record belongs to another collection, whose hash is the same (I2). */
function entryAt(buffer: Buffer, spans: Uint32Array, request: number, collection: Buffer): StoredEntry | undefined {
  const start = spans[request * 2] ?? 0;
  const span = recordSpan(buffer, start, start + (spans[request * 2 + 1] ?? 0));
  assertInvariant(span !== undefined && !span.removes, 'an index names records that set their entry');
  if (buffer.compare(collection, 0, collection.length, start + recordHeaderBytes, span.keyStart) !== 0) return undefined;
  return { key: buffer.toString('utf8', span.keyStart, span.valueStart), value: buffer.subarray(span.valueStart, span.end) };
}

function toStoreError({ file, offset, error, reason }: ReadFailure): Error {
  return error === undefined ? corruptError(file, offset, reason) : readFailedError(file, error);
}
