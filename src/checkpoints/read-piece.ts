import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { checksumSeedOf, hasSegmentHeader, segmentHeaderBytes } from '../storage/format/segment-format.ts';
import { intactEntryBytes } from '../storage/format/entry-format.ts';
import { scanSegment } from '../storage/segments/segment-scan.ts';
import { corruptError, readFailedError } from '../storage/store-errors.ts';
import type { ListedSegment } from '../storage/segments/manifest.ts';
import { piecesPrefix, type CheckpointPiece } from './checkpoint-manifest.ts';

/** A segment file of the state folder, and the bytes of it that become a piece. */
export interface PieceSource {
  readonly storeId: string;
  readonly listed: ListedSegment;
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads whole frames of a segment and checks each of them: a copy of what a disk has damaged would take the place of one that is right.
 * Throws STORE_CORRUPT or STORE_READ_FAILED.
 */
export async function readPiece(source: PieceSource): Promise<CheckpointPiece & { readonly bytes: Buffer }> {
  const { listed, path, start, end } = source;
  const bytes = await readBytes(path, start, end);
  ensureIntact(bytes, source);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = `${piecesPrefix}${String(listed.number).padStart(8, '0')}-${start}-${end}.${sha256}`;
  return { key, start, end, sha256, bytes };
}

async function readBytes(path: string, start: number, end: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const bytes = Buffer.allocUnsafeSlow(end - start);
      for (let read = 0; read < bytes.length;) {
        const { bytesRead } = await file.read(bytes, read, bytes.length - read, start + read);
        if (bytesRead === 0) throw corruptError(path, start + read, 'the file is shorter than it was');
        read += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? readFailedError(path, error) : error;
  }
}

function ensureIntact(bytes: Buffer, { storeId, listed, path, start }: PieceSource): void {
  if (start === 0 && !hasSegmentHeader(bytes, path, storeId, listed.number))
    throw corruptError(path, 0, 'the header of the segment is not what was written');
  const seed = checksumSeedOf(storeId);
  let damaged: number | undefined;
  const scan = scanSegment(bytes, start === 0 ? segmentHeaderBytes : 0, 'any', seed, (at) => {
    if (intactEntryBytes(bytes, at, seed) === 0) damaged ??= at;
  });
  if (scan.damage !== undefined) throw corruptError(path, start + scan.damage.offset, scan.damage.reason);
  if (damaged !== undefined) throw corruptError(path, start + damaged, 'the entry is not what was written');
}
