import type { ReaderStart, ReadResult } from '../segments/segment-reader.ts';

/** Reads entries of the log. Only in tests and tools does it run on the thread that functions run on. */
export interface LogReader {
  /** Reads the requested entries; see {@link SegmentReader.read}. The reader owns the buffer of the requests from then on. */
  read(requests: Uint32Array<ArrayBuffer>): Promise<ReadResult>;
  /** Resolves when the segment's file is closed. The segment is not read again. */
  forget(segment: number): Promise<void>;
  close(): Promise<void>;
}

export type LogReaderFactory = (start: ReaderStart) => LogReader;
