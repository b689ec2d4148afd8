import { crc32 } from 'node:zlib';
import { readUint64 } from './entry-format.ts';
import { commitBytesMax } from '../store-limits.ts';

/*
 * A frame is one commit. A commit counts only when its whole frame is intact.
 *
 *    0  u32  magic, ff 53 46 fe: two of its bytes never occur in UTF-8 text
 *    4  u32  bytes of the body
 *    8  u64  commit number
 *   16  u32  entries in the body
 *   20  u32  checksum of the body
 *   24  u32  checksum of bytes 0 to 23
 *   28       body: the entries, one after the other
 *
 * The header has its own checksum, so that searching for frames in damaged bytes has the same cost for every byte.
 */
export const frameHeaderBytes = 28;
const magic = Buffer.from([0xff, 0x53, 0x46, 0xfe]);

export interface FrameHeader {
  readonly commit: number;
  readonly entries: number;
  readonly bodyChecksum: number;
  /** Offset of the first byte after the frame. It may lie beyond the end of the file. */
  readonly end: number;
}

/** Writes the header of a frame, except its checksums. */
export function writeFrameHeader(view: DataView, bodyBytes: number, commit: number, entries: number): void {
  view.setUint32(0, magic.readUInt32LE(0), true);
  view.setUint32(4, bodyBytes, true);
  view.setUint32(8, commit >>> 0, true);
  view.setUint32(12, Math.floor(commit / 0x1_0000_0000), true);
  view.setUint32(16, entries, true);
}

/** Writes the checksums in the header of a frame that is otherwise complete. */
export function writeFrameChecksums(frame: Buffer, checksumSeed: number): void {
  frame.writeUInt32LE(crc32(frame.subarray(frameHeaderBytes), checksumSeed), 20);
  frame.writeUInt32LE(crc32(frame.subarray(0, 24), checksumSeed), 24);
}

/** Returns the header at an offset; undefined when there is no intact header. */
export function parseFrameHeader(bytes: Buffer, start: number, checksumSeed: number): FrameHeader | undefined {
  if (start + frameHeaderBytes > bytes.length || bytes.compare(magic, 0, magic.length, start, start + magic.length) !== 0) return undefined;
  if (bytes.readUInt32LE(start + 24) !== crc32(bytes.subarray(start, start + 24), checksumSeed)) return undefined;
  const bodyBytes = bytes.readUInt32LE(start + 4);
  if (bodyBytes > commitBytesMax) return undefined;
  return {
    commit: readUint64(bytes, start + 8),
    entries: bytes.readUInt32LE(start + 16),
    bodyChecksum: bytes.readUInt32LE(start + 20),
    end: start + frameHeaderBytes + bodyBytes,
  };
}

/** Whether the body of the frame is complete and undamaged. */
export function isBodyIntact(bytes: Buffer, start: number, header: FrameHeader, checksumSeed: number): boolean {
  return header.end <= bytes.length && header.bodyChecksum === crc32(bytes.subarray(start + frameHeaderBytes, header.end), checksumSeed);
}

/** Returns the offset of the next intact header, from `start` on, of a commit later than `commit`. */
export function findLaterFrame(bytes: Buffer, start: number, commit: number, checksumSeed: number): number | undefined {
  for (let offset = bytes.indexOf(magic, start); offset !== -1; offset = bytes.indexOf(magic, offset + 1)) {
    const header = parseFrameHeader(bytes, offset, checksumSeed);
    if (header !== undefined && header.commit > commit) return offset;
  }
  return undefined;
}
