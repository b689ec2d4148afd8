import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { temporaryNameOf } from '../format/checked-json.ts';
import { readFullySync, writeFullySync, type Disk } from '../disk.ts';
import { pieceWords } from './index-slots.ts';
import type { TrackedSegment, SegmentTable } from './segment-table.ts';
import type { LogIndex } from './log-index.ts';
import { bucketSlots, type SlotTable } from './slot-table.ts';

export const indexDumpName = 'index.dump';

/*
 * A copy of the index in memory, so that a store opens without reading its segments after an orderly stop:
 *
 *    0  8 bytes   "SFUNIDX\n"
 *    8  u32       layout version
 *   12  u32       1 in the byte order of the machine: words are written in that order
 *   16  u32       bytes of the head
 *   20  u32       checksum of the head
 *   24            head: JSON, see DumpHead
 *                 blocks of 32-bit words: pieces of slots, then buckets of both tables
 *
 * The segments contain everything in it, so a dump that is missing, damaged or older than the segments is ignored. But the log must not be
 * shorter than a dump says: it is written only when everything before it is durable.
 */
const headStart = 24;
const layoutVersion = 1;
const magic = Buffer.from('SFUNIDX\n');
const byteOrder = Buffer.from(Uint32Array.of(1).buffer);

/** State of the store when the dump was written. A dump fits only a store that has not changed since. */
export interface DumpedState {
  readonly storeId: string;
  /** Generation of the manifest. */
  readonly generation: number;
  readonly commits: number;
  /** Segment and offset of the next frame. */
  readonly segment: number;
  readonly offset: number;
}

/** A segment as the dump writes it: `entry` is its description in the manifest. */
interface DumpedSegment extends Pick<TrackedSegment, 'ordinal' | 'bytes' | 'units' | 'liveUnits' | 'tombstoneUnits'> {
  readonly entry: TrackedSegment['listed'];
}

interface DumpHead extends DumpedState {
  readonly counters: readonly number[];
  readonly pieces: number;
  readonly tables: readonly { readonly depth: number; readonly buckets: readonly BucketHead[] }[];
  readonly segments: readonly DumpedSegment[];
  readonly checksums: readonly number[];
}

interface BucketHead {
  readonly position: number;
  readonly used: number;
  readonly depth: number;
}

/** Replaces the dump. Its name need not be durable: an older dump does not fit, and a missing one only makes the next start slower. */
export function writeIndexDump(disk: Disk, folder: string, state: DumpedState, index: LogIndex, segments: SegmentTable): void {
  const tables = [index.keyTable, index.chainTable].map((table) => ({ depth: table.depth, buckets: table.buckets() }));
  const blocks = [...index.slots.pieces, ...tables.flatMap(({ buckets }) => buckets.map(({ bucket }) => bucket.slots))].map(toBytes);
  const head: DumpHead = {
    ...state,
    counters: index.slots.counters,
    pieces: index.slots.pieces.length,
    tables: tables.map(({ depth, buckets }) => ({
      depth,
      buckets: buckets.map(({ position, bucket }) => ({ position, used: bucket.used, depth: bucket.depth })),
    })),
    segments: segments.listed.map(({ ordinal, listed, bytes, units, liveUnits, tombstoneUnits }) => {
      return { ordinal, entry: listed, bytes, units, liveUnits, tombstoneUnits };
    }),
    checksums: blocks.map((block) => crc32(block)),
  };
  const temporary = join(folder, temporaryNameOf(indexDumpName));
  disk.removeSync(temporary);
  const file = disk.openSync(temporary, 'create');
  try {
    let position = 0;
    for (const bytes of [encodeHead(head), ...blocks]) {
      writeFullySync(disk, file, bytes, position);
      position += bytes.length;
    }
    disk.fdatasyncSync(file);
  } finally {
    disk.closeSync(file);
  }
  disk.renameSync(temporary, join(folder, indexDumpName));
}

/** Returns the state of the store when the dump was written; undefined when there is no readable dump. */
export function readDumpedState(disk: Disk, folder: string): DumpedState | undefined {
  let file: number | undefined;
  try {
    const path = join(folder, indexDumpName);
    const size = disk.sizeSync(path);
    file = disk.openSync(path, 'read');
    return readHead(disk, file, size).head;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) disk.closeSync(file);
  }
}

/** Fills an empty index and the segments from the dump. Returns undefined when the dump is of another state or cannot be read. */
export function readIndexDump(
  disk: Disk,
  folder: string,
  state: Omit<DumpedState, 'commits'>,
  index: LogIndex,
  segments: SegmentTable,
): DumpedState | undefined {
  let file: number | undefined;
  try {
    const path = join(folder, indexDumpName);
    const size = disk.sizeSync(path);
    file = disk.openSync(path, 'read');
    const { head, end } = readHead(disk, file, size);
    const fits = (['storeId', 'generation', 'segment', 'offset'] as const).every((key) => head[key] === state[key]);
    if (!fits) return undefined;
    fill(index, head, readBlocks(disk, file, head, end));
    for (const { entry: listed, ...segment } of head.segments) segments.restore({ ...segment, listed, readers: 0, retired: undefined });
    segments.restored();
    return head;
  } catch {
    // The segments contain everything that the dump does.
    return undefined;
  } finally {
    if (file !== undefined) disk.closeSync(file);
  }
}

function encodeHead(head: DumpHead): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.alloc(headStart + json.length);
  magic.copy(bytes, 0);
  bytes.writeUInt32LE(layoutVersion, 8);
  byteOrder.copy(bytes, 12);
  bytes.writeUInt32LE(json.length, 16);
  bytes.writeUInt32LE(crc32(json), 20);
  json.copy(bytes, headStart);
  return bytes;
}

function readHead(disk: Disk, file: number, size: number): { head: DumpHead; end: number } {
  const start = readExactly(disk, file, headStart, 0);
  const known = start.subarray(0, 8).equals(magic) && start.readUInt32LE(8) === layoutVersion && start.subarray(12, 16).equals(byteOrder);
  if (!known) throw new Error('another layout');
  const end = headStart + start.readUInt32LE(16);
  if (end > size) throw new Error('too short');
  const json = readExactly(disk, file, end - headStart, headStart);
  if (crc32(json) !== start.readUInt32LE(20)) throw new Error('damaged');
  return { head: JSON.parse(json.toString('utf8')) as DumpHead, end }; // the checksum proves that writeIndexDump wrote it
}

function readBlocks(disk: Disk, file: number, head: DumpHead, start: number): Int32Array<ArrayBuffer>[] {
  let position = start;
  return head.checksums.map((checksum, block) => {
    const words = new Int32Array(block < head.pieces ? pieceWords : bucketSlots);
    const bytes = toBytes(words);
    if (readFullySync(disk, file, bytes, position) < bytes.length || crc32(bytes) !== checksum) throw new Error('damaged');
    position += bytes.length;
    return words;
  });
}

function fill(index: LogIndex, head: DumpHead, blocks: readonly Int32Array<ArrayBuffer>[]): void {
  index.slots.restore(blocks.slice(0, head.pieces), head.counters);
  let next = head.pieces;
  const tables: readonly SlotTable[] = [index.keyTable, index.chainTable];
  for (const [position, table] of tables.entries()) {
    const { depth = 0, buckets = [] } = head.tables[position] ?? {};
    const filled = buckets.map((bucket) => ({
      position: bucket.position,
      bucket: { slots: blocks[next++] ?? new Int32Array(0), used: bucket.used, depth: bucket.depth },
    }));
    table.restore(depth, filled);
  }
}

function readExactly(disk: Disk, file: number, length: number, position: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readFullySync(disk, file, bytes, position) < length) throw new Error('too short');
  return bytes;
}

function toBytes(words: Int32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
