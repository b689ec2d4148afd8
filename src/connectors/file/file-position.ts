import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { StatefunError } from '../../shared/errors.ts';

/**
 * Where reading a file goes on, as it is committed:
 *
 *   <offset>#<CRC-32 of the bytes before it, at most 64, in hexadecimal>
 *
 * The checksum tells the file that was read from another one at the same path, whose lines would be skipped. Earlier versions committed the
 * offset alone, which is taken as it is.
 */
export interface FilePosition {
  readonly offset: number;
  readonly checksum: string | undefined;
}

/** Enough to tell one line from the next, few enough to cost nothing beside it. */
export const checkedBytes = 64;

export function formatPosition(offset: number, bytesBefore: Uint8Array): string {
  return `${offset}#${checksumOf(bytesBefore)}`;
}

/** Throws INGRESS_POSITION_LOST for text that is no position. */
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

/** The file does not hold what was read of it: it was shortened, replaced, rotated or changed. */
export async function positionLost(file: FileHandle, path: string, offset: number): Promise<StatefunError> {
  const { size } = await file.stat();
  const facts = { path, sizeBytes: size, offset };
  const summary =
    size < offset
      ? `The file ${path} has ${size} bytes, but ${offset} have been read.`
      : `The file ${path} is not the one of which ${offset} bytes have been read: what stands before that offset is different.`;
  return new StatefunError('INGRESS_POSITION_LOST', summary, { facts });
}
