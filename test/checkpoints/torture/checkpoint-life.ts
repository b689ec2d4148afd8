import { SeededRandom } from '../../../src/shared/seeded-random.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { Machine } from '../checkpoint-bed.ts';
import { ManualPacing } from '../manual-pacing.ts';
import { MemoryObjects } from '../memory-storage.ts';

const stepsMax = 45;
const keys = 8;

/** The contents after each commit, as the program made them. */
type History = ReadonlyMap<string, string>[];

/** A manifest as the storage has it. */
interface StoredManifest {
  readonly commit: number;
  readonly segments: readonly { readonly pieces: readonly { readonly key: string }[] }[];
}

/**
 * Runs one application for a while: it commits, takes checkpoints, is killed, loses its disk, has a storage that fails and loses answers, and a
 * late manifest of an engine that was replaced. Returns what was violated; undefined when nothing was.
 */
export async function checkpointLife(seed: number): Promise<string | undefined> {
  const life = new CheckpointLife(seed);
  try {
    return await life.run();
  } finally {
    await life.dispose();
  }
}

class CheckpointLife {
  readonly #random: SeededRandom;
  readonly #objects = new MemoryObjects();
  readonly #pacing: ManualPacing;
  #machine: Machine;
  /** Contents by commit, of the present history. */
  #history: History = [new Map()];
  /** The commits that complete checkpoints hold, newest last. */
  #checkpoint = 0;
  #faults = 0;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#pacing = new ManualPacing(seed);
    this.#machine = this.#newMachine();
  }

  async run(): Promise<string | undefined> {
    await this.#machine.start({ keep: 2 });
    for (let step = 0; step < stepsMax; step += 1) {
      const violation = (await this.#step()) ?? this.#checkObjects();
      if (violation !== undefined) return violation;
    }
    return undefined;
  }

  dispose(): Promise<void> {
    return this.#machine.dispose();
  }

  async #step(): Promise<string | undefined> {
    const kind = this.#random.next();
    if (kind < 0.55) {
      for (let commits = 1 + this.#random.below(8); commits > 0; commits -= 1) await this.#commit();
      return undefined;
    }
    if (kind < 0.85) return this.#take();
    const lost = kind >= 0.92;
    const late = this.#random.chance(0.3) ? this.#lateManifest() : undefined;
    await this.#machine.kill();
    if (lost) this.#machine.loseDisk();
    if (!lost) return this.#restart(this.#history.length - 1);
    const violation = await this.#restart(this.#checkpoint);
    // An engine that has lost its lease completes a checkpoint: from now on that is no checkpoint of this application.
    if (late !== undefined) this.#objects.objects.set(late.key, late.bytes);
    if (late === undefined || violation !== undefined) return violation;
    await this.#machine.kill();
    this.#machine.loseDisk();
    return this.#restart(this.#checkpoint);
  }

  async #commit(): Promise<void> {
    const key = `k${this.#random.below(keys)}`;
    const value = this.#random.chance(0.2) ? undefined : 'x'.repeat(1 + this.#random.below(150));
    const next = new Map(this.#history.at(-1));
    if (value === undefined) next.delete(key);
    else next.set(key, value);
    await this.#machine.set(key, value);
    this.#history.push(next);
  }

  /** Takes a checkpoint while commits go on, with or without faults of the storage. */
  async #take(): Promise<string | undefined> {
    const commit = this.#history.length - 1;
    const faulty = this.#random.chance(0.4);
    if (faulty) this.#breakStorage();
    const taking = this.#machine.checkpoint().then(
      (report) => report.commit,
      (error: unknown) => error,
    );
    for (let commits = this.#random.below(6); commits > 0; commits -= 1) await this.#commit();
    await this.#machine.running.store.compacted();
    const taken = await taking;
    this.#machine.storage.before = () => undefined;
    this.#machine.storage.after = () => undefined;
    if (taken === commit) this.#checkpoint = commit;
    else if (typeof taken === 'number') return `a checkpoint of commit ${commit} holds commit ${taken}`;
    else if (!faulty) return `a checkpoint failed without a fault: ${String(taken)}`;
    // The manifest may be complete although its answer was lost.
    else if (this.#newestManifest()?.commit === commit) this.#checkpoint = commit;
    return undefined;
  }

  #breakStorage(): void {
    const { storage } = this.#machine;
    const fail = (operation: string, key: string): void => {
      if (key === 'lease.json' || !this.#random.chance(0.1)) return;
      this.#faults += 1;
      throw new StatefunError('CHECKPOINT_STORAGE_FAILED', `${operation} of ${key} fails.`);
    };
    storage.before = fail;
    storage.after = fail;
  }

  async #restart(commit: number): Promise<string | undefined> {
    await this.#machine.start({ keep: 2 });
    this.#history = this.#history.slice(0, commit + 1);
    const expected = Object.fromEntries([...(this.#history.at(-1) ?? [])].sort(byKey));
    const found = Object.fromEntries(Object.entries(await this.#machine.contents()).sort(byKey));
    const { commits } = this.#machine.running.store.stats();
    if (commits !== commit) return `the state has commit ${commits} after a start, and not ${commit}`;
    return JSON.stringify(found) === JSON.stringify(expected) ? undefined : `the state after commit ${commit} is another`;
  }

  /** Returns a copy of the newest manifest under the next number of its epoch, with the commit of another history. */
  #lateManifest(): { readonly key: string; readonly bytes: Buffer } | undefined {
    const key = this.#objects.manifests.at(-1);
    const bytes = key === undefined ? undefined : this.#objects.objects.get(key);
    if (key === undefined || bytes === undefined || this.#objects.manifests.length < 2) return undefined;
    // The oldest one that is kept: another content than the newest.
    const older = this.#objects.objects.get(this.#objects.manifests[0] ?? '') ?? bytes;
    return {
      key: key.replace(/-(\d+)\.json$/, (_, sequence: string) => `-${String(Number(sequence) + 50).padStart(10, '0')}.json`),
      bytes: older,
    };
  }

  #newMachine(): Machine {
    return new Machine(this.#objects, this.#pacing);
  }

  #newestManifest(): StoredManifest | undefined {
    return this.#read(this.#objects.manifests.at(-1) ?? '');
  }

  #read(key: string): StoredManifest | undefined {
    const bytes = this.#objects.objects.get(key);
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString()) as StoredManifest); // the catalog wrote it
  }

  /** Every piece that a checkpoint names is there, but for those of an engine that was replaced. */
  #checkObjects(): string | undefined {
    for (const key of this.#objects.manifests) {
      // A late manifest has a number that no engine here reaches.
      if (/-00000000(?:[5-9]\d|\d{3,})\.json$/.test(key)) continue;
      const missing = this.#read(key)
        ?.segments.flatMap(({ pieces }) => pieces)
        .find((piece) => !this.#objects.objects.has(piece.key));
      if (missing !== undefined) return `${key} names ${missing.key}, which was deleted`;
    }
    return undefined;
  }
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
