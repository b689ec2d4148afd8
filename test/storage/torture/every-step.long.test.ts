import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../../src/shared/seeded-random.ts';
import { createTemporaryFolder, removeFolder } from '../log-fixture.ts';
import { SimulatedDisk } from '../simulated-disk.ts';
import { History, Violation } from './history.ts';
import { live } from './life.ts';
import { openOnDisk } from './store-opener.ts';

/** Ways the first life of a store can go wrong. */
type Trouble = (disk: SimulatedDisk) => void;

/** Several outcomes of each interruption. */
const outcomes = [1, 2];
const workloads = [11, 12];
const commits = 6;

describe('the log store', () => {
  let folder: string;
  beforeAll(() => {
    folder = createTemporaryFolder();
  });
  afterAll(() => removeFolder(folder));

  const lifeOn = (disk: SimulatedDisk, history: History, seed: number, commitsMore: number): Promise<void> =>
    live({ disk, folder, open: openOnDisk, history, random: seededRandom(seed), commits: commitsMore });

  /** The first life, of a workload that is always the same, with the trouble. */
  const firstLife = async (workload: number, trouble: Trouble): Promise<{ disk: SimulatedDisk; history: History }> => {
    const disk = new SimulatedDisk(workload);
    const history = new History();
    trouble(disk);
    await lifeOn(disk, history, workload, commits);
    return { disk, history };
  };

  /** Opens what the first life may have left, cuts the power again, opens once more, and commits. Tells what was found in between. */
  const laterLives = async (disk: SimulatedDisk, before: History, outcome: number): Promise<'as promised' | 'one more'> => {
    const history = before.copy();
    await lifeOn(disk, history, outcome, 0);
    const found = history.begun > before.promised ? 'one more' : 'as promised';
    await lifeOn(disk.powerCut(outcome), history, outcome, 2);
    return found;
  };

  /** All steps of a life without trouble. */
  const stepsOf = async (workload: number): Promise<number[]> => {
    const { disk, history } = await firstLife(workload, () => undefined);
    expect(history.promised).toBe(commits);
    return Array.from({ length: disk.steps }, (_, step) => step + 1);
  };

  const ended = async (place: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw error instanceof Violation ? new Violation(`${place}: ${error.message}`) : error;
    }
  };

  it('recovers exactly the commits up to one not before the last that resolved, after a power cut at any step (STORE-S1, STORE-S2, STORE-S3)', async () => {
    const found: string[] = [];
    let steps = 0;
    for (const workload of workloads) {
      for (const step of await stepsOf(workload)) {
        const { disk, history } = await firstLife(workload, ({ faults }) => faults.stopAtStep(step));
        for (const outcome of outcomes) {
          const lives = async (): Promise<unknown> => found.push(await laterLives(disk.powerCut(outcome), history, outcome));
          await ended(`workload ${workload}, cut at step ${step}, outcome ${outcome}`, lives);
        }
        steps += 1;
      }
    }
    expect(steps).toBeGreaterThan(150);
    // Both happen: the commit under way survived, and it did not.
    expect(found.filter((one) => one === 'one more').length).toBeGreaterThan(5);
    expect(found.filter((one) => one === 'as promised').length).toBeGreaterThan(steps / 2);
  });

  it('recovers the same after its process has crashed at any step', async () => {
    const [workload = 0] = workloads;
    for (const step of await stepsOf(workload)) {
      const { disk, history } = await firstLife(workload, ({ faults }) => faults.stopAtStep(step));
      await ended(`workload ${workload}, crash at step ${step}`, () => laterLives(disk.processCrash(step), history, step));
    }
  });

  it('recovers when the power is cut again at any step of a recovery', async () => {
    const [workload = 0] = workloads;
    for (const step of (await stepsOf(workload)).filter((number) => number % 60 === 0)) {
      const { disk, history } = await firstLife(workload, ({ faults }) => faults.stopAtStep(step));
      const trial = disk.powerCut(step);
      await lifeOn(trial, history.copy(), 1, 0);
      for (let again = 1; again <= trial.steps; again += 1) {
        const recovering = disk.powerCut(step);
        const known = history.copy();
        recovering.faults.stopAtStep(again);
        await ended(`cut at step ${step}, then at step ${again} of the recovery`, async () => {
          await lifeOn(recovering, known, 1, 0);
          await laterLives(recovering.powerCut(again), known, again);
        });
      }
    }
  });

  it.each([
    ['fails once', { code: 'EIO', share: 0.5 }],
    ['fails for ever', { code: 'EIO', times: Infinity }],
    ['has no room once', { code: 'ENOSPC', share: 0.9 }],
  ])('has failed, and loses nothing that resolved, when any step %s', async (_what, fault) => {
    const [workload = 0] = workloads;
    for (const step of await stepsOf(workload)) {
      const { disk, history } = await firstLife(workload, ({ faults }) => faults.arm({ ...fault, after: step - 1 }));
      expect(disk.faults.failures).toBeGreaterThan(0);
      await ended(`step ${step} failed, then the process ended`, () => laterLives(disk.processCrash(step), history, step));
      await ended(`step ${step} failed, then a power cut`, () => laterLives(disk.powerCut(step), history, step));
    }
  });

  it('has failed, and loses nothing that resolved, when the disk is full after any number of bytes', async () => {
    const [workload = 0] = workloads;
    const { disk: calm } = await firstLife(workload, () => undefined);
    let full = 0;
    // The dump of the index is large, and nothing depends on it.
    const bytesWanted = calm.paths().reduce((sum, path) => sum + (path.endsWith('.dump') ? 0 : calm.bytesOf(path).length), 0);
    for (let bytesMax = 0; bytesMax < bytesWanted; bytesMax += 97) {
      const { disk, history } = await firstLife(workload, (one) => (one.bytesMax = bytesMax));
      full += disk.faults.failures;
      await ended(`full at ${bytesMax} bytes`, () => laterLives(disk.processCrash(bytesMax), history, bytesMax));
    }
    expect(full).toBeGreaterThan(20);
  });

  it('fails a read that the disk fails, with a code and nothing else, and goes on', async () => {
    const [workload = 0] = workloads;
    const { disk, history } = await firstLife(workload, () => undefined);
    const store = await openOnDisk(disk, folder);
    try {
      await history.verifyOpened(store);
      await store.compacted();
      await history.verifyRunning(store);
      // All files are open by now.
      const stepsBefore = disk.steps;
      await history.verifyRunning(store);
      const reads = disk.steps - stepsBefore;
      expect(reads).toBeGreaterThan(5);
      for (let after = 0; after < reads; after += 1) {
        disk.faults.arm({ code: 'EIO', operations: ['readSync'], after });
        await expect(history.verifyRunning(store)).rejects.toMatchObject({ code: 'STORE_READ_FAILED' });
        disk.faults.disarm();
        await history.verifyRunning(store);
      }
      await store.commit([{ collection: 'counter', key: 'other', value: 'x' }]);
    } finally {
      await store.close();
    }
  });
});
