import type { ReaderStart, ReadFailure, ReadResult } from '../segments/segment-reader.ts';

/** Reads entries of the log. Only in tests and tools does it run on the thread that functions run on. */
export interface LogReader {
  /**
   * Reads a few entries on the calling thread, if that is likely to take no longer than handing them to another thread: when their bytes are
   * in the memory of the system. See {@link SegmentReader.readInto}. Otherwise returns undefined, and the caller uses {@link read}.
   */
  readNow(requests: Uint32Array, bytes: Buffer, spans: Uint32Array): readonly ReadFailure[] | undefined;
  /** Reads the requested entries; see {@link SegmentReader.read}. The reader owns the buffer of the requests from then on. */
  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadResult>;
  /** Resolves when the segment's file is closed. The segment is not read again. */
  forget(segment: number): Promise<void>;
  close(): Promise<void>;
}

export type LogReaderFactory = (start: ReaderStart) => LogReader;
