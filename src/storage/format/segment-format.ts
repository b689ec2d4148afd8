import { crc32 } from 'node:zlib';
import { join } from 'node:path';
import { corruptError, newerFormatError } from '../store-errors.ts';

/*
 * A segment is a file of frames after this header. The header has the same layout in every format version:
 *
 *    0  8 bytes   "SFUNLOG\n"
 *    8  u32       format version
 *   12  u32       segment number, from 1
 *   16  16 bytes  store id
 *   32  u32       checksum of bytes 0 to 31, which starts from 0 since the id is among them
 *   36            frames
 */
export const segmentHeaderBytes = 36;
/**
 * Version 1 has no manifest: its segments are numbered from 1 without gaps. Version 2 has one entry for each record of the outbox, as described in
 * engine/recovery/earlier-outbox.ts. Frames and entries are the same in all versions.
 */
export const formatVersion = 3;
const magic = Buffer.from('SFUNLOG\n');

/** Returns the folder of the segments inside a state folder. */
export function segmentsFolderOf(folder: string): string {
  return join(folder, 'segments');
}

export function segmentPath(segmentsFolder: string, segment: number): string {
  return join(segmentsFolder, `${String(segment).padStart(8, '0')}.log`);
}

/** Returns the numbers of the segments among the names in a folder, ascending. */
export function segmentNumbers(names: readonly string[]): number[] {
  const numbers = names.flatMap((name) => /^(\d{8,})\.log$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

export function encodeSegmentHeader(storeId: string, segment: number): Buffer {
  const header = Buffer.alloc(segmentHeaderBytes);
  magic.copy(header, 0);
  header.writeUInt32LE(formatVersion, 8);
  header.writeUInt32LE(segment, 12);
  storeIdBytes(storeId).copy(header, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32);
  return header;
}

/** Whether the bytes begin with an intact header. Throws when the header is intact but belongs to another segment or another store. */
export function hasSegmentHeader(bytes: Buffer, file: string, storeId: string, segment: number): boolean {
  if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, magic.length).equals(magic)) return false;
  if (bytes.readUInt32LE(32) !== crc32(bytes.subarray(0, 32))) return false;
  const version = bytes.readUInt32LE(8);
  if (version > formatVersion) throw newerFormatError(file, version, formatVersion);
  if (bytes.readUInt32LE(12) !== segment) throw corruptError(file, 12, `it is segment ${bytes.readUInt32LE(12)} under another name`);
  if (!bytes.subarray(16, 32).equals(storeIdBytes(storeId))) throw corruptError(file, 16, 'it belongs to another store');
  return true;
}

/** Returns the value from which the checksums of frames and entries start. */
export function checksumSeedOf(storeId: string): number {
  return crc32(storeIdBytes(storeId));
}

/** Returns the id as 16 bytes. */
export function storeIdBytes(storeId: string): Buffer {
  return Buffer.from(storeId.replaceAll('-', ''), 'hex');
}
