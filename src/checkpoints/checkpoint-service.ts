import type { Logger } from '../shared/logger.ts';
import { nodeDisk } from '../storage/disk.ts';
import { StoreSnapshot } from '../storage/snapshot/store-snapshot.ts';
import { CheckpointCatalog } from './checkpoint-catalog.ts';
import { formatId } from './checkpoint-id.ts';
import { describeManifest, type CheckpointManifest } from './checkpoint-manifest.ts';
import { Checkpointer, type CheckpointReport, type CheckpointSource } from './checkpointer.ts';
import { ensureNotBehind, isBase, readFolderRecord, writeFolderRecord, type LocalState } from './folder-record.ts';
import { holderIdentity } from './holder-identity.ts';
import { Lease, type LeaseState } from './lease.ts';
import type { ObjectStorage } from './object-storage.ts';
import { openObjectStorage } from './open-object-storage.ts';
import type { Pacing } from './pacing.ts';
import { holdsState, restoreCheckpoint } from './restore/restore-checkpoint.ts';
import type { S3Options } from './s3/s3-options.ts';
import { failedError } from './storage-errors.ts';

/** What an engine's checkpoints need to know. Can be cloned to another thread. */
export interface CheckpointSettings {
  /** `file:…` or `s3://bucket/prefix`. */
  readonly to: string;
  readonly s3: S3Options;
  readonly application: string;
  /** The state folder. The caller holds its lock. */
  readonly folder: string;
  /** Whether an empty folder begins anew although there are checkpoints. */
  readonly fresh: boolean;
  readonly keep: number;
  readonly leaseMs: number;
  readonly uploadBytesPerSecondMax: number;
}

/** How an engine begins. */
export interface Begun {
  readonly epoch: number;
  /** The checkpoint that was restored into the empty folder. */
  readonly restored?: ReturnType<typeof describeManifest> & { readonly durationMs: number };
  /** The newest checkpoint, beside which the empty folder begins anew. */
  readonly skipped?: ReturnType<typeof describeManifest>;
  /** Commit of the checkpoint that the state continues; undefined when the next checkpoint is the first of its history. */
  readonly baseCommit: number | undefined;
}

/** The surroundings of a {@link CheckpointService}. */
export interface CheckpointWorld {
  readonly pacing: Pacing;
  readonly logger: Logger;
  readonly leaseChanged: (state: LeaseState) => void;
  /** Opens the storage. @defaultValue the one that the settings name */
  readonly openStorage?: (purpose: 'checkpoints' | 'lease') => Promise<ObjectStorage>;
}

/** The lease and the checkpoints of one engine: all that does input and output for them. It runs on a thread of its own. */
export class CheckpointService {
  readonly #settings: CheckpointSettings;
  readonly #world: CheckpointWorld;
  #storages: readonly ObjectStorage[] = [];
  #lease: Lease | undefined;
  #checkpointer: Checkpointer | undefined;

  constructor(settings: CheckpointSettings, world: CheckpointWorld) {
    this.#settings = settings;
    this.#world = world;
  }

  /**
   * Takes the lease, then restores the newest checkpoint into an empty folder, or makes sure that the folder is not behind it. From then on the
   * lease is renewed. Throws LEASE_HELD, STATE_BEHIND_CHECKPOINT, CHECKPOINT_NOT_OURS, or the errors of restoring and of the storage.
   */
  async begin(): Promise<Begun> {
    const { application, folder, leaseMs } = this.#settings;
    const { pacing, logger, leaseChanged } = this.#world;
    const storage = await this.#open('checkpoints');
    const leaseStorage = await this.#open('lease');
    this.#storages = [storage, leaseStorage];
    const catalog = new CheckpointCatalog(storage, application);
    const holder = holderIdentity(folder);
    const lease = new Lease({ storage: leaseStorage, application, leaseMs, holder, pacing, logger, changed: leaseChanged });
    this.#lease = lease;
    try {
      const epochs = (await catalog.ids()).map(({ epoch }) => epoch);
      const epoch = await lease.acquire(epochs.at(-1) ?? 0);
      lease.keep();
      return await this.#beginEpoch(epoch, catalog, lease);
    } catch (error) {
      await this.end({ free: true });
      throw error;
    }
  }

  /** Takes a checkpoint. See {@link Checkpointer.take}. */
  checkpoint(source: CheckpointSource): Promise<CheckpointReport> {
    if (this.#checkpointer === undefined) throw new Error('checkpoints are taken after the begin');
    return this.#checkpointer.take(source);
  }

  /** Renews the lease now, because somebody waits for it. */
  async renew(): Promise<void> {
    await this.#lease?.renew();
  }

  /** Gives the lease back, with `free` so that another engine may begin at once, and closes the storage. */
  async end({ free }: { readonly free: boolean }): Promise<void> {
    await this.#lease?.release({ free });
    await Promise.all(this.#storages.map((storage) => storage.close()));
  }

  async #beginEpoch(epoch: number, catalog: CheckpointCatalog, lease: Lease): Promise<Begun> {
    const { folder, fresh, application, keep } = this.#settings;
    const { pacing, logger } = this.#world;
    const newest = await catalog.newest();
    const startMs = pacing.elapsedMs();
    const empty = !holdsState(folder);
    let base: CheckpointManifest | undefined;
    if (empty && newest !== undefined && !fresh) {
      const record = { epoch: newest.epoch, follows: formatId(newest), base: formatId(newest) };
      await restoreCheckpoint({ storage: catalog.storage, manifest: newest, folder, record, progress: this.#progress() });
      base = newest;
    } else if (!empty) base = await this.#localBase(newest);
    const follows = newest && formatId(newest);
    const record = { epoch, ...(follows !== undefined && { follows }), ...(base && { base: formatId(base) }) };
    writeFolderRecord(nodeDisk, folder, record);
    const ensureLeased = (): void => {
      if (!lease.held) throw failedError(catalog.storage.description, 'complete a checkpoint', new Error('the lease has ended'));
    };
    this.#checkpointer = new Checkpointer({ catalog, application, epoch, keep, follows, ensureLeased, pacing, logger });
    if (base !== undefined) await this.#checkpointer.takeOver(base);
    const found = newest === undefined || !empty ? undefined : describeManifest(newest);
    if (found === undefined) return { epoch, baseCommit: base?.commit };
    if (fresh) return { epoch, skipped: found, baseCommit: undefined };
    return { epoch, restored: { ...found, durationMs: Math.round(pacing.elapsedMs() - startMs) }, baseCommit: found.commit };
  }

  /** Returns the checkpoint whose pieces hold the beginnings of the local segments. Throws STATE_BEHIND_CHECKPOINT. */
  async #localBase(newest: CheckpointManifest | undefined): Promise<CheckpointManifest | undefined> {
    if (newest === undefined) return undefined;
    const { folder } = this.#settings;
    const snapshot = await StoreSnapshot.open({ folder });
    snapshot.close();
    const { commit, identity } = snapshot;
    const local: LocalState = { folder, record: readFolderRecord(nodeDisk, folder), commit, storeId: identity.storeId };
    ensureNotBehind(local, newest);
    return isBase(local, newest) ? newest : undefined;
  }

  #progress(): (bytesRead: number, bytesTotal: number) => void {
    const { pacing, logger } = this.#world;
    let logAtMs = pacing.elapsedMs() + 1_000;
    return (bytesRead, bytesTotal) => {
      if (pacing.elapsedMs() < logAtMs) return;
      logAtMs = pacing.elapsedMs() + 1_000;
      logger.info('restoring a checkpoint', { percent: Math.floor((100 * bytesRead) / bytesTotal), bytesTotal });
    };
  }

  #open(purpose: 'checkpoints' | 'lease'): Promise<ObjectStorage> {
    const { to, s3, uploadBytesPerSecondMax, leaseMs } = this.#settings;
    const { openStorage, pacing } = this.#world;
    if (openStorage !== undefined) return openStorage(purpose);
    // A renewal has to end before the lease does. It is tried again by the lease itself.
    const tries = purpose === 'lease' ? { attemptsMax: 2, requestTimeoutMs: leaseMs / 4 } : {};
    return openObjectStorage({ to, s3, uploadBytesPerSecondMax, pacing, ...tries });
  }
}
