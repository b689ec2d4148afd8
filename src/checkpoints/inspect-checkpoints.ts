import { StatefunError, toError } from '../shared/errors.ts';
import { checksumSeedOf, hasSegmentHeader, segmentHeaderBytes } from '../storage/format/segment-format.ts';
import { scanSegment } from '../storage/segments/segment-scan.ts';
import type { CheckpointCatalog } from './checkpoint-catalog.ts';
import { formatId, parseId, type CheckpointId } from './checkpoint-id.ts';
import { bytesOf, describeManifest, type CheckpointManifest, type CheckpointSegment } from './checkpoint-manifest.ts';
import type { ObjectStorage } from './object-storage.ts';
import { fetchPiece } from './restore/fetch-piece.ts';

/** A checkpoint in a list: what its manifest says, or why it cannot be read. */
export type ListedCheckpoint =
  ({ readonly application: string } & ReturnType<typeof describeManifest>) | { readonly id: string; readonly problem: string };

/** Returns all checkpoints, newest first. */
export async function listCheckpoints(catalog: CheckpointCatalog): Promise<readonly ListedCheckpoint[]> {
  const listed: ListedCheckpoint[] = [];
  for (const id of [...(await catalog.ids())].reverse()) {
    try {
      const manifest = await catalog.find(id);
      if (manifest !== undefined) listed.push({ application: manifest.application, ...describeManifest(manifest) });
    } catch (error) {
      if (!StatefunError.is(error)) throw error;
      listed.push({ id: formatId(id), problem: `${error.code}: ${error.summary}` });
    }
  }
  return listed;
}

/** Returns the checkpoint with the id, or the newest. Throws CHECKPOINT_ABSENT. */
export async function findCheckpoint(catalog: CheckpointCatalog, id: string | undefined): Promise<CheckpointManifest> {
  const { description: storage } = catalog.storage;
  const wanted: CheckpointId | undefined = id === undefined ? (await catalog.ids()).at(-1) : parseId(id);
  const manifest = wanted === undefined ? undefined : await catalog.find(wanted);
  if (manifest !== undefined) return manifest;
  const summary = id === undefined ? `${storage} holds no checkpoint.` : `${storage} holds no checkpoint ${JSON.stringify(id)}.`;
  throw new StatefunError('CHECKPOINT_ABSENT', summary, { facts: { storage, id } });
}

/** What a check of one checkpoint found. */
export interface CheckpointVerification {
  readonly id: string;
  readonly commit: number;
  readonly bytes: number;
  readonly segments: number;
  readonly objects: number;
  readonly problems: readonly { readonly where: string; readonly what: string }[];
}

/** Reads every byte of a checkpoint and compares every checksum: those of the objects and those of the log in them. */
export async function verifyCheckpoint(
  storage: ObjectStorage,
  manifest: CheckpointManifest,
  progress: (bytesRead: number, bytesTotal: number) => void = () => undefined,
): Promise<CheckpointVerification> {
  const problems: { where: string; what: string }[] = [];
  const bytes = bytesOf(manifest);
  let read = 0;
  for (const segment of manifest.segments) {
    try {
      await verifySegment(storage, manifest, segment);
    } catch (thrown) {
      const error = toError(thrown);
      const { key = `segment ${segment.listed.number}` } = StatefunError.is(error) ? error.facts : {};
      problems.push({ where: String(key), what: StatefunError.is(error) ? error.summary : error.message });
    }
    progress((read += segment.pieces.at(-1)?.end ?? 0), bytes);
  }
  const objects = manifest.segments.reduce((sum, { pieces }) => sum + pieces.length, 0);
  return { id: formatId(manifest), commit: manifest.commit, bytes, segments: manifest.segments.length, objects, problems };
}

async function verifySegment(storage: ObjectStorage, { store }: CheckpointManifest, { listed, pieces }: CheckpointSegment): Promise<void> {
  const parts: Buffer[] = [];
  for (const piece of pieces) await fetchPiece(storage, piece, (bytes) => void parts.push(bytes));
  const bytes = Buffer.concat(parts);
  const name = `segment ${listed.number}`;
  if (!hasSegmentHeader(bytes, name, store.storeId, listed.number)) throw new Error('the header of the segment is not what was written');
  const order = listed.kind === 'log' ? { commitsBefore: listed.commitsBefore } : 'any';
  const { damage } = scanSegment(bytes, segmentHeaderBytes, order, checksumSeedOf(store.storeId), () => undefined);
  if (damage !== undefined) throw new Error(`at byte ${damage.offset}: ${damage.reason}`);
}
