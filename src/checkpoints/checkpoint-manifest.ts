import { createHash } from 'node:crypto';
import { StatefunError } from '../shared/errors.ts';
import type { StoreIdentity } from '../storage/folder/state-folder.ts';
import type { ListedSegment } from '../storage/segments/manifest.ts';
import { formatId, type CheckpointId } from './checkpoint-id.ts';
import { objectCorruptError } from './storage-errors.ts';

/*
 * A checkpoint is one object, its manifest, and the pieces that it names. The manifest is JSON; its last member is the SHA-256, in hex, of
 * JSON.stringify of the other members. It is created once and never replaced.
 *
 *   checkpoints/0000000004-0000000017.json        manifest of checkpoint 4-17
 *   segments/00000003-0-8211.<SHA-256>            bytes 0 to 8,210 of segment 3
 *   lease.json                                    the lease
 */
const checkpointFormat = 1;

export const piecesPrefix = 'segments/';

/** Bytes of a segment in an object. Its key holds the SHA-256 of the bytes, so an object of this key has no other content. */
export interface CheckpointPiece {
  readonly key: string;
  /** Offset in the segment of the first byte, and of the first byte behind. */
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
}

export interface CheckpointSegment {
  readonly listed: ListedSegment;
  /** The pieces in order. Together they are the segment up to the commit of the checkpoint. */
  readonly pieces: readonly CheckpointPiece[];
}

/** One commit of a store: everything that is needed to make its state folder again. */
export interface CheckpointManifest extends CheckpointId {
  readonly format: number;
  readonly application: string;
  /** Names the history of commits: those of one history hold the same up to each commit. It ends when an engine begins anew, or goes back. */
  readonly history: string;
  /** The newest checkpoint when the lease of this epoch was taken. Later ones of earlier epochs do not count: their engine had lost its lease. */
  readonly follows?: string | undefined;
  /** Time at which it was complete, ISO 8601. */
  readonly createdAt: string;
  readonly commit: number;
  readonly store: StoreIdentity;
  /** The segments; the one that takes frames is last, as in the manifest of a store. */
  readonly segments: readonly CheckpointSegment[];
}

export function createManifest(content: Omit<CheckpointManifest, 'format'>): CheckpointManifest {
  return { format: checkpointFormat, ...content };
}

export function encodeManifest(manifest: CheckpointManifest): Buffer {
  return Buffer.from(`${JSON.stringify({ ...manifest, checksum: checksumOf(manifest) })}\n`);
}

/** Throws CHECKPOINT_OBJECT_CORRUPT, CHECKPOINT_FORMAT_NEWER, or CHECKPOINT_NOT_OURS if an application is given and it is another one. */
export function parseManifest(bytes: Buffer, storage: string, key: string, application: string | undefined): CheckpointManifest {
  let read: Partial<CheckpointManifest> & { readonly checksum?: unknown };
  try {
    // Anything but an object has no checksum.
    read = (JSON.parse(bytes.toString('utf8')) as typeof read | null) ?? {};
  } catch {
    throw objectCorruptError(storage, key, 'it is not JSON');
  }
  const { checksum, ...content } = read;
  if (typeof content.format === 'number' && content.format > checkpointFormat) throw newerError(storage, key, content.format);
  if (checksum !== checksumOf(content)) throw objectCorruptError(storage, key, 'its checksum is another');
  const manifest = content as CheckpointManifest; // the checksum proves that encodeManifest wrote it
  if (application === undefined || manifest.application === application) return manifest;
  throw notOursError(storage, manifest.application, application);
}

export function notOursError(storage: string, found: string, application: string): StatefunError {
  const summary = `${storage} holds the checkpoints of application ${JSON.stringify(found)}, and this is ${JSON.stringify(application)}.`;
  return new StatefunError('CHECKPOINT_NOT_OURS', summary, { facts: { storage, found, application } });
}

/** Returns the size of the store in the checkpoint, in bytes. */
export function bytesOf({ segments }: CheckpointManifest): number {
  return segments.reduce((sum, { pieces }) => sum + (pieces.at(-1)?.end ?? 0), 0);
}

/** Describes a checkpoint for people and programs. */
export function describeManifest(manifest: CheckpointManifest): { id: string; commit: number; createdAt: string; bytes: number } {
  return { id: formatId(manifest), commit: manifest.commit, createdAt: manifest.createdAt, bytes: bytesOf(manifest) };
}

function newerError(storage: string, key: string, format: number): StatefunError {
  const summary = `${key} in ${storage} has format ${format}; this version of the framework knows up to ${checkpointFormat}.`;
  return new StatefunError('CHECKPOINT_FORMAT_NEWER', summary, { facts: { storage, key, format, formatKnown: checkpointFormat } });
}

function checksumOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
