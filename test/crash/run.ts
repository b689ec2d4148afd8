/*
 * Kills the real process on real files, at instants chosen by a seed, hundreds of times, and compares what it ends with to a model that knows
 * no engine: the state of every address, the dead letters, the pending delayed messages, and the egress records, each exactly once and under
 * its id.
 *
 *   npm run test:crash -- [--kills N] [--seed S] [--events N] [--workers N] [--round R]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { phases, type Phase } from './kill.ts';
import { runRound, type RoundReport } from './round.ts';

interface Options {
  readonly kills: number;
  readonly seed: number;
  /** Events of one round. */
  readonly events: number;
  /** Rounds at the same time. */
  readonly workers: number;
  /** Only this round, to look at a failure again. */
  readonly round: number | undefined;
}

/** Time between two lines about the progress, in milliseconds. */
const progressIntervalMs = 10_000;

/** Rounds that go by without a kill before the run gives up: the processes end before they can be killed. */
const calmRoundsMax = 10;

/** So many failed rounds say enough. */
const failedRoundsMax = 4;

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '20' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      events: { type: 'string', default: '6000' },
      workers: { type: 'string', default: '2' },
      round: { type: 'string' },
    },
  });
  return {
    kills: toCount('kills', values.kills, 0),
    seed: toCount('seed', values.seed, 0),
    events: toCount('events', values.events, 1),
    workers: toCount('workers', values.workers, 1),
    round: values.round === undefined ? undefined : toCount('round', values.round, 0),
  };
}

function toCount(name: string, text: string, min: number): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= min) return count;
  throw new Error(`--${name} is a whole number from ${min} on, not "${text}"`);
}

class CrashRun {
  readonly #options: Options;
  readonly #parent = mkdtempSync(join(tmpdir(), 'statefun-crash-'));
  readonly #startedAtMs = performance.now();
  readonly #killsByPhase = new Map<Phase, number>(phases.map((phase) => [phase, 0]));
  #kills = 0;
  #rounds = 0;
  #stops = 0;
  #passed = 0;
  #failed = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  async run(): Promise<boolean> {
    const { kills, seed, events, workers, round } = this.#options;
    const again = `npm run test:crash -- --kills ${kills} --seed ${seed} --events ${events}`;
    console.log(`crash test: ${kills} kills, seed ${seed}, ${events} events a round (again with: ${again})`);
    const progress = setInterval(() => console.log(`  ${this.#seconds}: ${this.#kills} of ${kills} kills`), progressIntervalMs);
    try {
      await Promise.all(Array.from({ length: round === undefined ? workers : 1 }, () => this.#runRounds()));
    } finally {
      clearInterval(progress);
    }
    const byPhase = Array.from(this.#killsByPhase, ([phase, count]) => `${count} while ${phase}`).join(', ');
    console.log(`crash test: ${this.#kills} kills (${byPhase}) and ${this.#stops} graceful stops in ${this.#seconds}`);
    if (this.#failed === 0) rmSync(this.#parent, { recursive: true, force: true });
    else console.log(`the folders of the rounds that failed are kept: ${this.#parent}`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0;
  }

  async #runRounds(): Promise<void> {
    do {
      const { seed, events, round } = this.#options;
      const number = round ?? this.#rounds;
      this.#rounds += 1;
      const report = await runRound({
        parent: this.#parent,
        number,
        seed,
        events,
        mayKill: () => this.#kills < this.#options.kills,
        killed: (phase) => {
          this.#kills += 1;
          this.#killsByPhase.set(phase, (this.#killsByPhase.get(phase) ?? 0) + 1);
        },
      });
      this.#tell(number, report);
      if (this.#kills === 0 && this.#options.kills > 0 && this.#rounds > calmRoundsMax)
        throw new Error('the processes end before they can be killed: raise --events');
    } while (this.#options.round === undefined && this.#kills < this.#options.kills && this.#failed < failedRoundsMax);
  }

  #tell(number: number, { folder, kills, stops, settings, segments, problems }: RoundReport): void {
    this.#stops += stops;
    if (problems.length === 0) this.#passed += 1;
    else this.#failed += 1;
    const { segmentBytesMax, limits } = settings;
    const how = `segments of ${segmentBytesMax / 1_024} KiB, ${limits.liveAddressesMax ?? 0} live addresses; ${segments.written} segments written, ${segments.kept} left by compactions`;
    console.log(
      `round ${number}: ${kills} kills, ${stops} stops (${how}): ${problems.length === 0 ? 'equal' : `DIFFERENT, see ${folder}`}`,
    );
    for (const problem of problems) console.log(`  ${problem}`);
  }

  get #seconds(): string {
    return `${((performance.now() - this.#startedAtMs) / 1_000).toFixed(0)} s`;
  }
}

new CrashRun(readOptions()).run().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
