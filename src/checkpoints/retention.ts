import { toError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { CheckpointCatalog } from './checkpoint-catalog.ts';
import { compareIds, formatId, manifestKey, parseId, type CheckpointId } from './checkpoint-id.ts';
import { piecesPrefix, type CheckpointManifest } from './checkpoint-manifest.ts';
import { listAll } from './object-storage.ts';

export interface RetentionOptions {
  readonly catalog: CheckpointCatalog;
  readonly keep: number;
  readonly logger: Logger;
}

/**
 * Removes checkpoints beyond those that are kept, and the pieces that none of the others names.
 *
 * CHECKPOINT-R1. A piece is deleted only when the manifest of every checkpoint that exists was read and names it nowhere.
 * CHECKPOINT-R2. The newest checkpoint is never deleted, and nothing is deleted when the list of checkpoints does not show it.
 */
export class Retention {
  readonly #options: RetentionOptions;
  /** Manifests never change, so each is read once. */
  readonly #manifests = new Map<string, CheckpointManifest>();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** Never rejects: what could not be deleted is deleted after a later checkpoint. Nobody else may take checkpoints meanwhile. */
  async apply(newest: CheckpointManifest): Promise<void> {
    try {
      this.#manifests.set(formatId(newest), newest);
      await this.#apply(newest);
    } catch (error) {
      this.#options.logger.warn('old checkpoints could not be removed; this is tried again after the next checkpoint', {
        error: toError(error),
      });
    }
  }

  async #apply(newest: CheckpointManifest): Promise<void> {
    const { catalog, logger } = this.#options;
    const ids = await catalog.ids();
    const known = new Set(ids.map(formatId));
    // What was seen before and deleted by nobody must be listed: otherwise the list is not complete.
    if ([...this.#manifests.keys()].some((id) => !known.has(id))) throw new Error('the list of checkpoints does not show all of them');
    if (!known.has(formatId(newest)) || compareIds(ids.at(-1) ?? newest, newest) > 0)
      throw new Error('another engine has taken a later checkpoint');
    const kept = await this.#kept(ids);
    const removed = ids.filter((id) => !kept.has(formatId(id)));
    for (const id of removed) {
      await catalog.storage.delete(manifestKey(id));
      this.#manifests.delete(formatId(id));
    }
    const pieces = await this.#removePieces(kept);
    if (removed.length > 0) logger.debug('old checkpoints were removed', { checkpoints: removed.map(formatId), pieces });
  }

  /** Returns the checkpoints to keep: of those with the same content the newest, and no more than so many contents. */
  async #kept(ids: readonly CheckpointId[]): Promise<ReadonlyMap<string, CheckpointManifest>> {
    const kept = new Map<string, CheckpointManifest>();
    const contents = new Set<string>();
    let later: CheckpointManifest | undefined;
    for (const id of [...ids].reverse()) {
      if (contents.size >= this.#options.keep) break;
      if (later !== undefined && isOvertaken(id, later)) continue;
      later = await this.#read(id);
      const content = `${later.history}/${later.commit}`;
      if (contents.has(content)) continue;
      contents.add(content);
      kept.set(formatId(id), later);
    }
    return kept;
  }

  async #read(id: CheckpointId): Promise<CheckpointManifest> {
    const manifest = this.#manifests.get(formatId(id)) ?? (await this.#options.catalog.find(id));
    if (manifest === undefined) throw new Error(`checkpoint ${formatId(id)} vanished while old ones were removed`);
    this.#manifests.set(formatId(id), manifest);
    return manifest;
  }

  async #removePieces(kept: ReadonlyMap<string, CheckpointManifest>): Promise<number> {
    const { storage } = this.#options.catalog;
    const named = new Set([...kept.values()].flatMap(({ segments }) => segments.flatMap(({ pieces }) => pieces.map(({ key }) => key))));
    const unnamed = (await listAll(storage, piecesPrefix)).filter(({ key }) => !named.has(key));
    for (const { key } of unnamed) await storage.delete(key);
    return unnamed.length;
  }
}

/** Whether an engine wrote the checkpoint when its lease had ended: the later epoch began without it, and may have deleted its pieces. */
function isOvertaken(id: CheckpointId, later: CheckpointManifest): boolean {
  const follows = parseId(later.follows ?? '');
  return id.epoch < later.epoch && (follows === undefined || compareIds(id, follows) > 0);
}
