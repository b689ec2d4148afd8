import { StatefunError } from '../shared/errors.ts';
import { compareIds, formatId, idOfKey, manifestKey, manifestsPrefix, type CheckpointId } from './checkpoint-id.ts';
import { encodeManifest, parseManifest, type CheckpointManifest } from './checkpoint-manifest.ts';
import { listAll, type ObjectStorage } from './object-storage.ts';

/** The checkpoints in a storage. */
export class CheckpointCatalog {
  readonly storage: ObjectStorage;
  readonly #application: string | undefined;

  /** @param application the application whose checkpoints they must be; any if undefined */
  constructor(storage: ObjectStorage, application: string | undefined) {
    this.storage = storage;
    this.#application = application;
  }

  /** Returns the ids of all checkpoints, oldest first. */
  async ids(): Promise<readonly CheckpointId[]> {
    const objects = await listAll(this.storage, manifestsPrefix);
    return objects.flatMap(({ key }) => idOfKey(key) ?? []).sort(compareIds);
  }

  /** Returns the manifest; undefined when there is no such checkpoint. Throws CHECKPOINT_NOT_OURS, CHECKPOINT_OBJECT_CORRUPT or CHECKPOINT_FORMAT_NEWER. */
  async find(id: CheckpointId): Promise<CheckpointManifest | undefined> {
    const key = manifestKey(id);
    const bytes = await this.storage.get(key);
    return bytes === undefined ? undefined : parseManifest(bytes, this.storage.description, key, this.#application);
  }

  /** Returns the newest checkpoint; undefined when there is none. */
  async newest(): Promise<CheckpointManifest | undefined> {
    for (;;) {
      const id = (await this.ids()).at(-1);
      if (id === undefined) return undefined;
      const manifest = await this.find(id);
      // A newer one has taken its place between the two calls.
      if (manifest !== undefined) return manifest;
    }
  }

  /** Creates the manifest, which completes the checkpoint. Throws LEASE_LOST when another engine has created one of this id. */
  async create(manifest: CheckpointManifest): Promise<void> {
    const key = manifestKey(manifest);
    const bytes = encodeManifest(manifest);
    if (await this.storage.put(key, bytes, { absent: true })) return;
    // The answer to an earlier try was lost, or the object is somebody else's.
    if ((await this.storage.get(key))?.equals(bytes) === true) return;
    const summary = `another engine has written checkpoint ${formatId(manifest)} of ${this.storage.description}.`;
    throw new StatefunError('LEASE_LOST', summary, { facts: { checkpoint: formatId(manifest) } });
  }
}
