import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CheckpointService, type Begun, type CheckpointSettings } from '../../src/checkpoints/checkpoint-service.ts';
import type { CheckpointReport } from '../../src/checkpoints/checkpointer.ts';
import type { LeaseState } from '../../src/checkpoints/lease.ts';
import type { LogStore } from '../../src/storage/log-store.ts';
import { openInline } from '../storage/log-fixture.ts';
import { ManualPacing } from './manual-pacing.ts';
import { type MemoryObjects, MemoryStorage } from './memory-storage.ts';
import { recordingLogger, type LogLine } from './recording-logger.ts';

export const segmentBytesMax = 400;

/** A folder in memory where there is one: every sync of a disk takes milliseconds. */
export function createQuickFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'statefun-checkpoints-'));
}

/** A machine: a state folder, and what runs on it. */
export class Machine {
  folder = createQuickFolder();
  readonly lines: LogLine[] = [];
  readonly storage: MemoryStorage;
  readonly pacing: ManualPacing;
  service: CheckpointService | undefined;
  store: LogStore | undefined;
  lease: LeaseState | undefined;

  constructor(objects: MemoryObjects, pacing = new ManualPacing()) {
    this.storage = new MemoryStorage(objects);
    this.pacing = pacing;
  }

  /** Starts an engine's checkpoints and opens its store. */
  async start(settings: Partial<CheckpointSettings> = {}): Promise<Begun> {
    this.service = new CheckpointService(
      {
        to: 's3://memory',
        s3: {},
        application: 'carts',
        folder: this.folder,
        fresh: false,
        keep: 3,
        leaseMs: 30_000,
        uploadBytesPerSecondMax: Infinity,
        ...settings,
      },
      {
        pacing: this.pacing,
        logger: recordingLogger(this.lines),
        leaseChanged: (state) => (this.lease = state),
        openStorage: () => Promise.resolve(this.storage),
      },
    );
    const begun = await this.pacing.until(this.service.begin());
    this.store = await openInline(this.folder, { segmentBytesMax });
    return begun;
  }

  get running(): { readonly store: LogStore; readonly service: CheckpointService } {
    const { store, service } = this;
    if (store === undefined || service === undefined) throw new Error('the machine does not run');
    return { store, service };
  }

  /** Writes one entry in a commit of its own for every step. Seven keys take turns. */
  async fill(from: number, to: number): Promise<void> {
    for (let step = from; step < to; step += 1) await this.set(`k${step % 7}`, `${step}`.padStart(60, '.'));
  }

  set(key: string, value: string | undefined): Promise<void> {
    return this.running.store.commit([{ collection: 'c', key, value }]);
  }

  async contents(): Promise<Record<string, string>> {
    const entries = await this.running.store.load('c');
    return Object.fromEntries(entries.map(({ key, value }) => [key, Buffer.from(value).toString()]));
  }

  /** Takes a checkpoint of the last commit. */
  async checkpoint(): Promise<CheckpointReport> {
    const { store, service } = this.running;
    const pinned = store.pin();
    try {
      return await this.pacing.until(service.checkpoint({ identity: store.identity, commit: pinned.commit, segments: pinned.segments }));
    } finally {
      pinned.release();
    }
  }

  /** Stops as an orderly stop does; the lease is free. */
  async stop(): Promise<void> {
    await this.store?.close();
    await this.service?.end({ free: true });
    this.store = undefined;
  }

  /** Ends as a kill does: nothing is given back. */
  async kill(): Promise<void> {
    await this.store?.close();
    // Nothing of a dead process happens any more; what it had sent has arrived or not.
    await this.service?.end({ free: false });
    this.store = undefined;
  }

  /** Loses the disk: the folder is another one from now on. */
  loseDisk(): void {
    rmSync(this.folder, { recursive: true, force: true });
    this.folder = createQuickFolder();
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
