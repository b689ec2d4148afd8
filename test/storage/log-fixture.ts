import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Disk } from '../../src/storage/disk.ts';
import { FrameEncoder } from '../../src/storage/frame-encoder.ts';
import { InlineFrameWriter } from '../../src/storage/frame-writer.ts';
import { LogIndex } from '../../src/storage/log-index.ts';
import { recoverLog, type RecoveredLog } from '../../src/storage/log-recovery.ts';
import { openLogStore, type LogStore, type LogStoreOptions } from '../../src/storage/log-store.ts';
import { RecordReader } from '../../src/storage/record-reader.ts';
import { createSegment, SegmentAppender } from '../../src/storage/segment-appender.ts';
import { checksumSeedOf } from '../../src/storage/segment-format.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { MemoryDisk } from './memory-disk.ts';

export const storeId = '00112233-4455-6677-8899-aabbccddeeff';
export const segmentsFolder = '/state/segments';

/** Collection, key and value in hex of every entry. */
export type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function createTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'statefun-store-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Opens a store that writes on this thread. */
export function openInline(folder: string, options: Partial<LogStoreOptions> & { disk?: Disk } = {}): Promise<LogStore> {
  return openLogStore({ folder, writer: (start) => new InlineFrameWriter(start, options.disk), ...options });
}

/** A log in memory with one frame for each list of changes. */
export function writeLog(commits: readonly (readonly StoreChange[])[], segmentBytesMax: number = 1_000_000): MemoryDisk {
  const disk = new MemoryDisk();
  disk.closeSync(createSegment(disk, segmentsFolder, storeId, 1));
  const appender = new SegmentAppender({ segmentsFolder, storeId, segment: 1, offset: 36, segmentBytesMax }, disk);
  for (const [position, changes] of commits.entries()) {
    appender.append(new FrameEncoder(checksumSeedOf(storeId)).encode(position + 1, changes).bytes);
  }
  return disk;
}

/** Recovers a log in memory and reads every entry. */
export async function recover(disk: Disk): Promise<RecoveredLog & { readonly contents: Contents }> {
  const index = new LogIndex();
  const log = await recoverLog({ disk, segmentsFolder, storeId, index, logger: silentLogger, progress: () => undefined });
  const reader = new RecordReader(segmentsFolder, checksumSeedOf(storeId), disk);
  const contents: Record<string, Record<string, string>> = {};
  for (const collection of index.collections('')) {
    const entries = await reader.read(collection, index.locations(collection) ?? new Map());
    contents[collection] = Object.fromEntries(entries.map(({ key, value }) => [key, Buffer.from(value).toString('hex')]));
  }
  reader.close();
  return { ...log, contents };
}
