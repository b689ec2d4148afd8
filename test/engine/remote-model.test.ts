import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { memoryEgress, type MemoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import { positionsCollection } from '../../src/engine/partition/stored-entries.ts';
import { ManualClock } from '../../src/shared/time/manual-clock.ts';
import { CrashableStore } from './crashable-store.ts';
import { EngineBed, eventFor } from './engine-bed.ts';
import { modelTypes, RemoteModel, type Fault } from './remote-model.ts';
import { below, seededRandom } from '../../src/shared/seeded-random.ts';
import { policy } from './scripted-client.ts';

/*
 * Random remote functions message each other, delay, cancel and send out, while calls fail, hang, and find nobody there, and the engine is
 * stopped and crashed at random. What is there in the end must equal a run in which none of this happens.
 */

const seeds = Array.from({ length: Number(process.env['ENGINE_MODEL_SEEDS'] ?? 12) }, (_, index) => index + 1);
const events = 10;
const endMs = new ManualClock().now() + 30 * 24 * 3_600_000;

describe('Engine with remote functions, compared with a calm run', () => {
  it.each(seeds)('ends in the same place whatever happens on the way (seed %i)', async (seed) => {
    const calm = await new Run(seed, false).run();
    const wild = await new Run(seed, true).run();
    expect([...calm.violations, ...wild.violations]).toEqual([]);
    expect(wild.end).toEqual(calm.end);
    expect(Object.values(calm.end.states).flat().length).toBeGreaterThan(0);
  });
});

class Run {
  readonly #seed: number;
  readonly #wild: boolean;
  readonly #random: () => number;
  readonly #violations: string[] = [];
  readonly #faultsLeft = new Map<number, number>();
  readonly #sent = new Map<string, unknown>();
  #clock = new ManualClock();
  #store: CrashableStore;
  #disturbancesLeft = 12;

  constructor(seed: number, wild: boolean) {
    this.#seed = seed;
    this.#wild = wild;
    this.#random = seededRandom(seed);
    this.#store = new CrashableStore({ turns: () => this.#turns() });
  }

  async run() {
    for (;;) {
      const model = new RemoteModel({ fault: (tasks) => this.#fault(tasks), pause: () => this.#pause(), violations: this.#violations });
      const egress = memoryEgress('test/out');
      const bed = this.#bed(model, egress);
      const random = seededRandom(this.#seed * 7_919);
      for (let index = 0; index < events; index += 1) {
        const target = `${modelTypes[below(random, 2)] ?? ''}/${below(random, 4)}`;
        bed.ingress.push(eventFor(target, 'task', { seed: below(random, 1_000_000_000), depth: 3 }, `event-${index}`));
      }
      const [position] = await this.#store.load(positionsCollection('memory'));
      const before = position === undefined ? 0 : Number(Buffer.from(position.value).toString());
      await bed.engine.start();
      const isOver = await this.#drive(bed, model, before);
      for (const [index, { id }] of egress.records.entries()) this.#sent.set(id, (egress.events[index]?.data as { seed: number }).seed);
      if (isOver) return { violations: this.#violations, end: await this.#end(bed) };
      model.alive = false;
    }
  }

  #bed(model: RemoteModel, egress: MemoryEgress): EngineBed {
    const changes = { callBudgetMs: 60_000, batchMessagesMax: 1 + below(this.#random, 4) };
    return new EngineBed([], {
      clock: this.#clock,
      store: this.#store,
      egress,
      remote: { 'test/*': { client: model, policy: { ...policy, ...changes } } },
      limits: this.#wild ? { pendingMessagesMax: 3, liveAddressesMax: 2, commitInvocationsMax: 2, outboxRecordsMax: 5 } : {},
    });
  }

  /** True when the run has come to its end, false when the engine was stopped or crashed on the way. */
  async #drive(bed: EngineBed, model: RemoteModel, before: number): Promise<boolean> {
    let idleRounds = 0;
    for (let round = 0; round < 200_000; round += 1) {
      if (await isDone(bed, before)) return true;
      if (bed.engine.failure !== undefined) throw bed.engine.failure;
      const dice = this.#random();
      if (this.#wild && dice < 0.01 && this.#disturbancesLeft-- > 0) {
        if (this.#random() < 0.3) await bed.engine.stop({ deadlineMs: 1 });
        // A process that is gone has a clock that stands still.
        this.#clock = new ManualClock(bed.clock.now());
        this.#store = await this.#store.crash({ turns: () => this.#turns() }, { keepsCommitUnderWay: this.#random() < 0.5 });
        return false;
      }
      const dueAt = bed.clock.nextDueAt;
      // Time passes only once what has happened is dealt with: healthy calls take none.
      idleRounds = model.working === 0 ? idleRounds + 1 : 0;
      if (idleRounds > 20 && dueAt !== undefined && dueAt < endMs) {
        idleRounds = 0;
        bed.clock.step(dueAt);
      } else await nextTurn();
    }
    throw new Error(`stuck: ${JSON.stringify(bed.engine.statistics())}`);
  }

  async #end(bed: EngineBed) {
    const states: Record<string, unknown> = {};
    for (const type of modelTypes) {
      for (let id = 0; id < 4; id += 1) states[`${type}/${id}`] = RemoteModel.handled(await bed.state(`${type}/${id}`));
    }
    const deadLetters = bed.engine.deadLetters().map(({ code, target, payload }) => `${code} ${target} ${RemoteModel.seedOf(payload)}`);
    const pending = bed.engine.pendingDelayed().map(({ message }) => RemoteModel.seedOf(message.envelope.encode()));
    const sent = Array.from(this.#sent.values(), String);
    await bed.engine.stop({ deadlineMs: 1 });
    return { states, deadLetters: deadLetters.sort(), pending: pending.sort(), sent: sent.sort() };
  }

  /** Few enough to leave a single message its budget; a call of several may hang, and is then taken apart. */
  #fault(tasks: readonly number[]): Fault {
    if (!this.#wild) return 'none';
    const [first = 0] = tasks;
    const left = this.#faultsLeft.get(first) ?? Math.max(0, below(this.#random, 6) - 3);
    this.#faultsLeft.set(first, left - 1);
    if (left <= 0) return 'none';
    const dice = this.#random();
    if (dice < 0.3 && tasks.length > 1) return 'hang';
    return dice < 0.6 ? 'fail' : 'unavailable';
  }

  async #pause(): Promise<void> {
    for (let turns = this.#wild ? this.#turns() : 0; turns > 0; turns -= 1) await nextTurn();
  }

  #turns(): number {
    return this.#wild ? Math.max(0, below(this.#random, 8) - 4) : 0;
  }
}

async function isDone(bed: EngineBed, before: number): Promise<boolean> {
  const nothingLeft = (): boolean => {
    const { messagesPending, outboxRecords, recordsTaken } = bed.engine.statistics();
    return (
      before + recordsTaken === events &&
      messagesPending === 0 &&
      outboxRecords === 0 &&
      !bed.engine.pendingDelayed().some(({ dueAt }) => dueAt < endMs)
    );
  };
  if (!nothingLeft()) return false;
  await bed.engine.whenQuiet();
  return nothingLeft();
}
