import { crc32 } from 'node:zlib';

/*
 * An entry is one change of one key. It contains its commit number and its full key, so that it means the same wherever it is copied to.
 * Numbers are little-endian, texts UTF-8.
 *
 *    0  u32  checksum of all that follows
 *    4  u64  commit number
 *   12  u32  bytes of the collection
 *   16  u32  bytes of the key
 *   20  u32  bytes of the value, or 0xffffffff: the entry removes the key, and no value follows
 *   24       collection, key, value
 *
 * Every checksum of a store is a CRC-32 that starts from the checksum of the store's id, so that bytes of another store inside a value are
 * never read as its own.
 */
export const entryHeaderBytes = 24;
const removed = 0xffff_ffff;

export interface LogEntry {
  readonly commit: number;
  readonly collection: string;
  readonly key: string;
  /** Undefined when the entry removes the key. */
  readonly value: Buffer | undefined;
  /** Offset of the first byte after the entry. */
  readonly end: number;
}

/** The numbers of the header of an entry. The commit is split in two halves. */
export interface EntryHeader {
  readonly commitLow: number;
  readonly commitHigh: number;
  readonly collectionBytes: number;
  readonly keyBytes: number;
  /** Undefined when the entry removes the key. */
  readonly valueBytes: number | undefined;
}

/** Writes the header of an entry, except its checksum. */
export function writeEntryHeader(view: DataView, start: number, header: EntryHeader): void {
  view.setUint32(start + 4, header.commitLow, true);
  view.setUint32(start + 8, header.commitHigh, true);
  view.setUint32(start + 12, header.collectionBytes, true);
  view.setUint32(start + 16, header.keyBytes, true);
  view.setUint32(start + 20, header.valueBytes ?? removed, true);
}

/** Writes the checksum of an entry that is otherwise complete. */
export function writeEntryChecksum(bytes: Buffer, start: number, end: number, checksumSeed: number): void {
  bytes.writeUInt32LE(crc32(bytes.subarray(start + 4, end), checksumSeed), start);
}

/** Offsets of the parts of an entry. Its collection begins `entryHeaderBytes` after its start. */
export interface EntrySpan {
  readonly commit: number;
  readonly keyStart: number;
  readonly valueStart: number;
  /** Whether the entry removes its key. */
  readonly removes: boolean;
  /** Offset of the first byte after the entry. */
  readonly end: number;
}

/** Returns the parts of the entry at an offset, without comparing its checksum; undefined when the entry would end after `limit`. */
export function entrySpan(bytes: Buffer, start: number, limit: number): EntrySpan | undefined {
  const collectionStart = start + entryHeaderBytes;
  if (collectionStart > limit) return undefined;
  const valueBytes = bytes.readUInt32LE(start + 20);
  const keyStart = collectionStart + bytes.readUInt32LE(start + 12);
  const valueStart = keyStart + bytes.readUInt32LE(start + 16);
  const removes = valueBytes === removed;
  const end = valueStart + (removes ? 0 : valueBytes);
  return end > limit ? undefined : { commit: readUint64(bytes, start + 4), keyStart, valueStart, removes, end };
}

/** Returns the entry at an offset, without comparing its checksum; undefined when the entry would end after `limit`. */
export function parseEntry(bytes: Buffer, start: number, limit: number): LogEntry | undefined {
  const span = entrySpan(bytes, start, limit);
  if (span === undefined) return undefined;
  const { commit, keyStart, valueStart, removes, end } = span;
  return {
    commit,
    collection: bytes.toString('utf8', start + entryHeaderBytes, keyStart),
    key: bytes.toString('utf8', keyStart, valueStart),
    value: removes ? undefined : bytes.subarray(valueStart, end),
    end,
  };
}

/** Returns the length of the entry at an offset; 0 when the entry is damaged or not complete. */
export function intactEntryBytes(bytes: Buffer, start: number, checksumSeed: number): number {
  if (start + entryHeaderBytes > bytes.length) return 0;
  const valueBytes = bytes.readUInt32LE(start + 20);
  const namesEnd = start + entryHeaderBytes + bytes.readUInt32LE(start + 12) + bytes.readUInt32LE(start + 16);
  const end = namesEnd + (valueBytes === removed ? 0 : valueBytes);
  if (end > bytes.length || bytes.readUInt32LE(start) !== crc32(bytes.subarray(start + 4, end), checksumSeed)) return 0;
  return end - start;
}

/** Reads a safe integer. Commit numbers are safe integers: a thousand commits per second need 285,000 years to exceed them. */
export function readUint64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 0x1_0000_0000;
}
