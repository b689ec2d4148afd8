import type { Logger } from '../shared/logger.ts';
import { toIsoTime } from '../shared/time/iso-time.ts';
import type { StoreIdentity } from '../storage/folder/state-folder.ts';
import type { PinnedSegment } from '../storage/index/pinned-log.ts';
import type { CheckpointCatalog } from './checkpoint-catalog.ts';
import { formatId } from './checkpoint-id.ts';
import { bytesOf, createManifest, type CheckpointManifest, type CheckpointPiece, type CheckpointSegment } from './checkpoint-manifest.ts';
import { createNonce } from './lease-record.ts';
import type { Pacing } from './pacing.ts';
import { readPiece } from './read-piece.ts';
import { Retention } from './retention.ts';
import { objectCorruptError } from './storage-errors.ts';

/** Pieces of one segment. With more of them the segment is uploaded again as one piece: each costs a request, in every restore. */
const piecesMax = 16;

export interface CheckpointerOptions {
  readonly catalog: CheckpointCatalog;
  readonly application: string;
  /** The epoch of the lease. */
  readonly epoch: number;
  /** Checkpoints that are kept. */
  readonly keep: number;
  /** The newest checkpoint when the lease was taken. */
  readonly follows: string | undefined;
  /** Throws unless the lease is held. */
  readonly ensureLeased: () => void;
  readonly pacing: Pacing;
  readonly logger: Logger;
}

/** A pinned log, as it travels between threads. */
export interface CheckpointSource {
  readonly identity: StoreIdentity;
  readonly commit: number;
  readonly segments: readonly PinnedSegment[];
}

/** A checkpoint that was taken. */
export interface CheckpointReport {
  readonly id: string;
  readonly commit: number;
  /** Size of the store in the checkpoint, and the part of it that was uploaded for it. */
  readonly bytes: number;
  readonly bytesUploaded: number;
  readonly durationMs: number;
}

/**
 * Takes checkpoints of one store, one after the other.
 *
 * CHECKPOINT-C1. A checkpoint holds exactly one commit. Its manifest is created once, when all its pieces are there.
 * CHECKPOINT-C2. Bytes that an earlier checkpoint of the same history holds are not uploaded again, unless a segment has too many pieces.
 * CHECKPOINT-C3. What is uploaded was checked against the checksums of the log, and has the size of what was read.
 * CHECKPOINT-C4. No manifest is sent after the lease has ended. One that arrives later has an earlier epoch than any of the successor.
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #retention: Retention;
  /** The checkpoint whose pieces hold the beginnings of the present segments. */
  #base: CheckpointManifest | undefined;
  #sequence = 0;
  #history = createNonce();

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#retention = new Retention(options);
  }

  /** Takes the content of a checkpoint of an earlier epoch over, so that none of that epoch is the newest any more. */
  async takeOver(base: CheckpointManifest): Promise<void> {
    this.#history = base.history;
    await this.#complete(base);
  }

  /** Throws STORE_CORRUPT, LEASE_LOST, or the errors of the storage. Everything that was uploaded by then counts for the next checkpoint. */
  async take(source: CheckpointSource): Promise<CheckpointReport> {
    const startMs = this.#options.pacing.elapsedMs();
    const { identity: store, commit } = source;
    let bytesUploaded = 0;
    const segments: CheckpointSegment[] = [];
    for (const segment of source.segments) {
      const pieces = [...this.#piecesOf(source, segment)];
      const start = pieces.at(-1)?.end ?? 0;
      if (start < segment.bytes) {
        const piece = await this.#upload(source, segment, start);
        bytesUploaded += piece.end - piece.start;
        pieces.push(piece);
      }
      segments.push({ listed: segment.listed, pieces });
    }
    const manifest = await this.#complete({ store, commit, segments });
    const durationMs = this.#options.pacing.elapsedMs() - startMs;
    const report = { id: formatId(manifest), commit, bytes: bytesOf(manifest), bytesUploaded, durationMs };
    await this.#retention.apply(manifest);
    return report;
  }

  /** Returns the pieces that hold the beginning of the segment already. */
  #piecesOf({ identity }: CheckpointSource, { listed, bytes }: PinnedSegment): readonly CheckpointPiece[] {
    if (this.#base?.store.storeId !== identity.storeId) return [];
    const known = this.#base.segments.find((segment) => segment.listed.number === listed.number && segment.listed.kind === listed.kind);
    const pieces = known?.pieces ?? [];
    const end = pieces.at(-1)?.end ?? 0;
    if (end > bytes || (end < bytes && pieces.length >= piecesMax)) return [];
    return pieces;
  }

  async #upload({ identity }: CheckpointSource, { listed, path, bytes: end }: PinnedSegment, start: number): Promise<CheckpointPiece> {
    const { storage } = this.#options.catalog;
    const { bytes, ...piece } = await readPiece({ storeId: identity.storeId, listed, path, start, end });
    // An interrupted checkpoint may have uploaded it.
    if ((await storage.head(piece.key))?.bytes === bytes.length) return piece;
    await storage.put(piece.key, bytes);
    const stored = await storage.head(piece.key);
    if (stored?.bytes === bytes.length) return piece;
    const reason = `it has ${stored?.bytes ?? 'no'} bytes, and ${bytes.length} were uploaded`;
    throw objectCorruptError(storage.description, piece.key, reason);
  }

  async #complete({ store, commit, segments }: Pick<CheckpointManifest, 'store' | 'commit' | 'segments'>): Promise<CheckpointManifest> {
    const { catalog, application, epoch, pacing, ensureLeased, follows } = this.#options;
    // The next number also after an error: a manifest whose answer was lost may exist.
    this.#sequence += 1;
    const createdAt = toIsoTime(pacing.wallMs());
    const since = follows === undefined ? {} : { follows };
    const history = this.#history;
    const manifest = createManifest({
      application,
      history,
      epoch,
      sequence: this.#sequence,
      ...since,
      createdAt,
      commit,
      store,
      segments,
    });
    ensureLeased();
    await catalog.create(manifest);
    this.#base = manifest;
    return manifest;
  }
}
