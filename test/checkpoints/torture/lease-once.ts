import { setImmediate as nextTurn } from 'node:timers/promises';
import { Lease } from '../../../src/checkpoints/lease.ts';
import type { Pacing } from '../../../src/checkpoints/pacing.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { seededRandom } from '../../../src/shared/seeded-random.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { ManualPacing } from '../manual-pacing.ts';
import { MemoryObjects, MemoryStorage } from '../memory-storage.ts';

const leaseMs = 1_000;
const contenders = 3;
const stepsMax = 400;

/** A process that can be stopped: what it waits for happens when it goes on. */
class StoppableProcess implements Pacing {
  readonly #world: ManualPacing;
  #stoppedUntilMs = 0;

  constructor(world: ManualPacing) {
    this.#world = world;
  }

  elapsedMs = (): number => this.#world.elapsedMs();
  wallMs = (): number => this.#world.wallMs();
  random = (): number => this.#world.random();

  get stopped(): boolean {
    return this.elapsedMs() < this.#stoppedUntilMs;
  }

  stop(ms: number): void {
    this.#stoppedUntilMs = this.elapsedMs() + ms;
  }

  async sleep(delayMs: number): Promise<void> {
    await this.#world.sleep(delayMs);
    await this.running();
  }

  schedule(delayMs: number, callback: () => void): () => void {
    let cancelled = false;
    void this.sleep(delayMs).then(() => {
      if (!cancelled) callback();
    });
    return () => void (cancelled = true);
  }

  async running(): Promise<void> {
    while (this.stopped) await this.#world.sleep(this.#stoppedUntilMs - this.elapsedMs());
  }
}

/** An engine that takes the lease, uses it for a while, and ends in one way or another. */
class Contender {
  readonly process: StoppableProcess;
  readonly epochs: number[] = [];
  lease: Lease | undefined;
  /** Whether requests fail, and until when. */
  cutOffUntilMs = 0;
  readonly #storage: MemoryStorage;
  readonly #name: string;
  #starting: Promise<void> | undefined;

  constructor(name: string, world: ManualPacing, objects: MemoryObjects, random: () => number) {
    this.#name = name;
    this.process = new StoppableProcess(world);
    this.#storage = new MemoryStorage(objects);
    const travel = async (): Promise<void> => {
      await world.sleep(random() < 0.1 ? random() * leaseMs : random() * 20);
      if (random() < 0.05 || world.elapsedMs() < this.cutOffUntilMs) throw new StatefunError('CHECKPOINT_STORAGE_FAILED', 'it is cut off.');
    };
    this.#storage.before = async () => {
      // A request is on its way while its process is stopped; its answer is not read then.
      await this.process.running();
      await travel();
    };
    this.#storage.after = async () => {
      await travel();
      await this.process.running();
    };
  }

  start(): void {
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined));
  }

  get busy(): boolean {
    return this.#starting !== undefined;
  }

  async #start(): Promise<void> {
    await this.lease?.release({ free: false });
    const holder = `${this.#name}/${this.epochs.length}`;
    const lease = new Lease({ storage: this.#storage, application: 'carts', leaseMs, holder, pacing: this.process, logger: silentLogger });
    this.lease = lease;
    try {
      this.epochs.push(await lease.acquire(0));
      lease.keep();
    } catch {
      // Held by another one, or cut off: it may try again.
    }
  }
}

/** Runs some engines that contend for one lease. Returns what was violated; undefined when nothing was. */
export async function leaseOnce(seed: number): Promise<string | undefined> {
  const random = seededRandom(seed);
  const world = new ManualPacing(seed);
  const objects = new MemoryObjects();
  const engines = Array.from({ length: contenders }, (_, index) => new Contender(`engine-${index}`, world, objects, random));
  let taken = 0;
  for (let step = 0; step < stepsMax; step += 1) {
    const engine = engines[Math.floor(random() * contenders)];
    const kind = random();
    if (kind < 0.15) engine?.start();
    else if (kind < 0.25) engine?.process.stop(random() * 3 * leaseMs);
    else if (kind < 0.35 && engine !== undefined) engine.cutOffUntilMs = world.elapsedMs() + random() * 3 * leaseMs;
    else if (kind < 0.4 && engine?.busy === false) void engine.lease?.release({ free: true });
    for (let turn = 0; turn < 8; turn += 1) await nextTurn();
    const untilMs = world.elapsedMs() + random() * leaseMs * 0.3;
    while (world.clock.step(untilMs)) {
      for (let turn = 0; turn < 8; turn += 1) await nextTurn();
      const holders = engines.filter(({ lease }) => lease?.held === true);
      if (holders.length > 1) return `${holders.length} engines hold the lease at ${world.elapsedMs()} ms`;
    }
    const epochs = engines.flatMap((each) => each.epochs);
    if (new Set(epochs).size < epochs.length) return 'two holders have the same epoch';
    taken = epochs.length;
  }
  for (const { lease } of engines) void lease?.release({ free: false });
  return taken === 0 ? 'nobody ever had the lease' : undefined;
}
