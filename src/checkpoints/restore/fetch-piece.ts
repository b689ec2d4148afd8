import { createHash } from 'node:crypto';
import type { CheckpointManifest, CheckpointPiece } from '../checkpoint-manifest.ts';
import { formatId } from '../checkpoint-id.ts';
import type { ObjectStorage } from '../object-storage.ts';
import { objectCorruptError, objectMissingError } from '../storage-errors.ts';

/** Bytes that are fetched at once, 16 MiB. */
const rangeBytes = 16 * 1024 * 1024;

/** Requests at once for the sizes of objects. */
const requestsMax = 8;

/**
 * Looks whether every piece is there and has its size, before anything is fetched. Throws CHECKPOINT_OBJECT_MISSING or CHECKPOINT_OBJECT_CORRUPT.
 */
export async function ensurePieces(storage: ObjectStorage, manifest: CheckpointManifest): Promise<void> {
  const pieces = manifest.segments.flatMap((segment) => segment.pieces);
  const next = pieces.values();
  const ensureNext = async (): Promise<void> => {
    for (const piece of next) await ensurePiece(storage, manifest, piece);
  };
  await Promise.all(Array.from({ length: Math.min(requestsMax, pieces.length) }, ensureNext));
}

async function ensurePiece(storage: ObjectStorage, manifest: CheckpointManifest, { key, start, end }: CheckpointPiece): Promise<void> {
  const found = await storage.head(key);
  if (found === undefined) throw objectMissingError(storage.description, key, formatId(manifest));
  if (found.bytes !== end - start) throw objectCorruptError(storage.description, key, `it has ${found.bytes} bytes, not ${end - start}`);
}

/** Fetches a piece, part by part, and compares its checksum. Throws CHECKPOINT_OBJECT_MISSING or CHECKPOINT_OBJECT_CORRUPT. */
export async function fetchPiece(
  storage: ObjectStorage,
  { key, start, end, sha256 }: CheckpointPiece,
  take: (bytes: Buffer) => Promise<void> | void,
): Promise<void> {
  const hash = createHash('sha256');
  const length = end - start;
  for (let from = 0; from < length; from += rangeBytes) {
    const bytes = await storage.get(key, { start: from, end: Math.min(length, from + rangeBytes) });
    if (bytes === undefined) throw objectMissingError(storage.description, key);
    hash.update(bytes);
    await take(bytes);
  }
  if (hash.digest('hex') !== sha256) throw objectCorruptError(storage.description, key, 'its checksum is another');
}
