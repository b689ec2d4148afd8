import { nodeDisk, type Disk } from '../disk.ts';
import type { LogCopierFactory } from './copier.ts';
import { InlineLogCopier } from './copier-inline.ts';
import { ThreadLogCopier } from './copier-thread.ts';
import type { LogReaderFactory } from './reader.ts';
import { InlineLogReader } from './reader-inline.ts';
import { ThreadLogReader } from './reader-thread.ts';
import type { LogWriterFactory } from './writer.ts';
import { InlineLogWriter } from './writer-inline.ts';
import { ThreadLogWriter } from './writer-thread.ts';

/** Creates the writer, the reader and the copier of a store. */
export interface StoreThreads {
  readonly writer: LogWriterFactory;
  readonly reader: LogReaderFactory;
  readonly copier: LogCopierFactory;
}

/** One thread each for the writer, the reader and the copier. */
export const separateThreads: StoreThreads = {
  writer: (start) => new ThreadLogWriter(start),
  reader: (start) => new ThreadLogReader(start),
  copier: (start) => new ThreadLogCopier(start),
};

/** Everything on the calling thread, which then waits for the disk: for tests and tools. */
export function inlineThreads(disk: Disk = nodeDisk): StoreThreads {
  return {
    writer: (start) => new InlineLogWriter(start, disk),
    reader: (start) => new InlineLogReader(start, disk),
    copier: (start) => new InlineLogCopier(start, disk),
  };
}
