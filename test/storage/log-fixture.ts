import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { silentLogger } from '../../src/shared/logger.ts';
import type { Disk } from '../../src/storage/disk.ts';
import { FrameEncoder } from '../../src/storage/format/frame-encoder.ts';
import { FrameSeal } from '../../src/storage/format/unsealed-frame.ts';
import { SegmentTable } from '../../src/storage/index/segment-table.ts';
import { LogIndex } from '../../src/storage/index/log-index.ts';
import { recoverLog, type RecoveredLog } from '../../src/storage/index/log-recovery.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import { firstManifest, readManifest, writeManifest } from '../../src/storage/segments/manifest.ts';
import { NameHash } from '../../src/storage/format/name-hash.ts';
import { openLogStore, type LogStoreOptions } from '../../src/storage/open-log-store.ts';
import { inlineThreads } from '../../src/storage/threads/store-threads.ts';
import { parseEntry } from '../../src/storage/format/entry-format.ts';
import { createSegment, SegmentAppender } from '../../src/storage/segments/segment-appender.ts';
import { segmentPath, storeIdBytes } from '../../src/storage/format/segment-format.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { removeUnlistedSegments } from '../../src/storage/segments/unlisted-segments.ts';
import { setMark } from '../../src/storage/segments/writer-mark.ts';
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

/** Opens a store that does everything on this thread. */
export function openInline(folder: string, options: Partial<LogStoreOptions> = {}): Promise<LogStore> {
  return openLogStore({ folder, threads: inlineThreads(options.disk), ...options });
}

/** The bytes of the frame of a commit. */
export function frameOf(commit: number, changes: readonly StoreChange[]): Buffer {
  return new FrameSeal(storeId).seal(new FrameEncoder().encode(commit, changes));
}

/** A log in memory with one frame for each list of changes. */
export function writeLog(commits: readonly (readonly StoreChange[])[], segmentBytesMax: number = 1_000_000): MemoryDisk {
  const disk = new MemoryDisk();
  disk.closeSync(createSegment(disk, segmentsFolder, storeId, 1));
  writeManifest(disk, dirname(segmentsFolder), firstManifest);
  const mark = setMark(disk, dirname(segmentsFolder));
  const start = { segmentsFolder, storeId, mark, segment: 1, offset: 36, segmentBytesMax, commits: 0, manifest: firstManifest };
  const appender = new SegmentAppender(start, disk);
  for (const [position, changes] of commits.entries()) {
    appender.append(frameOf(position + 1, changes));
  }
  disk.removeSync(mark);
  return disk;
}

/** What a recovery found, and every entry. */
export interface RecoveredContents extends Omit<RecoveredLog, 'open'> {
  readonly segment: number;
  readonly offset: number;
  readonly contents: Contents;
}

/** Recovers a log in memory and reads every entry. */
export async function recover(disk: Disk): Promise<RecoveredContents> {
  const folder = dirname(segmentsFolder);
  const index = new LogIndex();
  const segments = new SegmentTable();
  const manifest = readManifest(disk, folder);
  const hash = new NameHash(storeIdBytes(storeId));
  const options = { disk, folder, storeId, manifest, index, segments, hash, logger: silentLogger, progress: () => undefined };
  const { open, ...log } = await recoverLog(options);
  removeUnlistedSegments(disk, folder, storeId, manifest, log.commits);
  const contents: Record<string, Record<string, string>> = {};
  for (const slot of index.slots.all()) {
    const { ordinal, offset, units } = index.placeOf(slot);
    const { key, value, collection } = readEntry(disk, segments.at(ordinal).listed.number, offset, units * 128);
    (contents[collection] ??= {})[key] = value;
  }
  return { ...log, segment: open.listed.number, offset: open.bytes, contents };
}

function readEntry(disk: Disk, segment: number, offset: number, bytesMax: number): { collection: string; key: string; value: string } {
  const file = disk.openSync(segmentPath(segmentsFolder, segment), 'read');
  const bytes = Buffer.alloc(bytesMax);
  const entry = parseEntry(bytes.subarray(0, disk.readSync(file, bytes, 0, offset)), 0, bytesMax);
  disk.closeSync(file);
  if (entry?.value === undefined) throw new Error('the index names an entry that sets nothing');
  return { collection: entry.collection, key: entry.key, value: entry.value.toString('hex') };
}
