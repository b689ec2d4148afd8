import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { StatefunError } from '../../shared/errors.ts';

/**
 * The position to continue reading a file from, as it is committed:
 *
 *   <offset>#<CRC-32 of the bytes before it, at most 64, in hexadecimal>
 *
 * The checksum distinguishes the file from another one at the same path, whose lines would be skipped. Positions of earlier versions have no
 * checksum and are not checked.
 */
export interface FilePosition {
  readonly offset: number;
  readonly checksum: string | undefined;
}

/** Bytes covered by the checksum: enough to distinguish lines, few enough to cost nothing. */
export const checkedBytes = 64;

export function formatPosition(offset: number, bytesBefore: Uint8Array): string {
  return `${offset}#${checksumOf(bytesBefore)}`;
}

/** Parses a position. Throws INGRESS_POSITION_LOST for any other text. */
export function parsePosition(path: string, text: string): FilePosition {
  const [, offset, checksum] = /^(\d+)(?:#([0-9a-f]{8}))?$/.exec(text) ?? [];
  if (offset !== undefined) return { offset: Number(offset), checksum };
  throw new StatefunError('INGRESS_POSITION_LOST', `The committed position "${text}" of ${path} is not one of a file.`, {
    facts: { path, position: text },
  });
}

export function checksumOf(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

/** Creates the error for a file that was shortened, replaced, rotated or changed. */
export async function positionLost(file: FileHandle, path: string, offset: number): Promise<StatefunError> {
  const { size } = await file.stat();
  const facts = { path, sizeBytes: size, offset };
  const summary =
    size < offset
      ? `The file ${path} has ${size} bytes, but ${offset} have been read.`
      : `The file ${path} is not the one of which ${offset} bytes have been read: its content before that offset is different.`;
  return new StatefunError('INGRESS_POSITION_LOST', summary, { facts });
}
