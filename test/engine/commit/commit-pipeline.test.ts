import { describe, expect, it } from '@jest/globals';
import { CommitPipeline } from '../../../src/engine/commit/commit-pipeline.ts';
import { CommitGroup, type Capture } from '../../../src/engine/partition/commit-group.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { PendingMessage } from '../../../src/engine/partition/activation.ts';
import type { Partition } from '../../../src/engine/partition/partition.ts';
import type { Store } from '../../../src/storage/store.ts';
import { pending } from '../partition/pending.ts';

/** With a limit of 3 invocations, an interval of 20 ms, and waits after 2 commits in a second. */
function setUp() {
  const group = new CommitGroup();
  const arrived: PendingMessage[] = [];
  const arrive = (sequence: number): void => {
    const message = pending('a', sequence);
    arrived.push(message);
    group.arrived(message);
  };
  const commits: { readonly keys: readonly string[]; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const committed: Capture[] = [];
  const failures: unknown[] = [];
  const waits: { readonly delayMs: number; readonly end: () => void; cancelled: boolean }[] = [];
  const is = { nowMs: 5_000, awaited: false, woken: 0 };
  const store = {
    commit: (changes: Capture['changes']) =>
      new Promise<void>((resolve, reject) => commits.push({ keys: changes.map(({ key }) => key), resolve, reject })),
  };
  const pipeline = new CommitPipeline({
    // The pipeline uses nothing else of the store and of the partition.
    store: store as unknown as Store,
    partition: { group, capture: () => group.capture(arrived.splice(0)) } as unknown as Partition,
    limits: { ...defaultLimits, commitInvocationsMax: 3, commitIntervalMs: 20 },
    pace: {
      now: () => is.nowMs,
      nextTurn: () => undefined,
      later: (delayMs, end) => {
        const wait = { delayMs, end, cancelled: false };
        waits.push(wait);
        return () => (wait.cancelled = true);
      },
      gap: { afterCommits: 2, ms: 3 },
      stepsPerLook: 1,
    },
    awaited: () => is.awaited,
    wake: () => (is.woken += 1),
    committed: (capture) => committed.push(capture),
    failed: (error) => failures.push(error),
  });
  /** Commits something at this time, as an idle engine. */
  const commitAt = async (nowMs: number): Promise<void> => {
    is.nowMs = nowMs;
    arrive(1);
    pipeline.cutIfDue('idle');
    commits.at(-1)?.resolve();
    await settled();
  };
  return { group, arrive, pipeline, commits, committed, failures, waits, is, commitAt };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('CommitPipeline', () => {
  it('cuts again only when the commit before is durable (ENGINE-C1)', async () => {
    const { arrive, pipeline, commits } = setUp();
    arrive(1);
    pipeline.cutIfDue('idle');
    arrive(2);
    pipeline.cutIfDue('idle');
    expect(commits.map(({ keys }) => keys)).toEqual([['1']]);

    commits[0]?.resolve();
    await settled();
    pipeline.cutIfDue('idle');
    expect(commits.map(({ keys }) => keys)).toEqual([['1'], ['2']]);
  });

  it('reports a capture, and resolves those who wait for it, after it is durable and not before (ENGINE-C2)', async () => {
    const { arrive, pipeline, commits, committed } = setUp();
    arrive(1);
    let flushed = false;
    void pipeline.flushed().then(() => (flushed = true));
    pipeline.cutIfDue('idle');
    await settled();
    expect([committed.length, flushed, pipeline.commits]).toEqual([0, false, 0]);

    commits[0]?.resolve();
    await settled();
    expect([committed.length, flushed, pipeline.commits]).toEqual([1, true, 1]);
  });

  it('reports nothing of a commit that fails, and cuts no other', async () => {
    const { arrive, pipeline, commits, committed, failures } = setUp();
    arrive(1);
    pipeline.cutIfDue('idle');
    commits[0]?.reject(new Error('disk'));
    await settled();

    arrive(2);
    pipeline.cutIfDue('idle');
    expect([commits.length, committed, failures]).toEqual([1, [], [new Error('disk')]]);
  });

  it('waits under load until the group is full', async () => {
    const { group, arrive, pipeline, commits, commitAt } = setUp();
    await commitAt(5_000);
    commits.length = 0;
    arrive(1);
    pipeline.cutIfDue('busy');
    expect(commits).toEqual([]);

    group.invocations = 3;
    pipeline.cutIfDue('busy');
    expect(commits).toHaveLength(1);
  });

  it('waits under load until the interval has passed, and for a moment between two records as long again', async () => {
    const { arrive, pipeline, commits, is, commitAt } = setUp();
    await commitAt(5_000);
    arrive(2);
    const cutsAt = async (nowMs: number, moment: 'between records' | 'busy'): Promise<boolean> => {
      is.nowMs = nowMs;
      const before = commits.length;
      pipeline.cutIfDue(moment);
      const cuts = commits.length > before;
      if (cuts) commits.at(-1)?.resolve();
      await settled();
      return cuts;
    };
    expect([await cutsAt(5_019, 'between records'), pipeline.isDue]).toEqual([false, false]);
    is.nowMs = 5_020;
    expect(pipeline.isDue).toBe(true);
    expect([await cutsAt(5_039, 'busy'), await cutsAt(5_039, 'between records'), pipeline.isDue]).toEqual([false, true, false]);
    arrive(3);
    expect([await cutsAt(5_078, 'busy'), await cutsAt(5_079, 'busy')]).toEqual([false, true]);
  });

  it('lets acknowledgements alone wait, and cuts them when the wait is over (ENGINE-C3)', () => {
    const { group, pipeline, commits, waits, is } = setUp();
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    is.nowMs = 5_004;
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    expect([commits.length, waits.map(({ delayMs }) => delayMs), is.woken]).toEqual([0, [10], 0]);

    is.nowMs = 5_010;
    waits[0]?.end();
    pipeline.cutIfDue('idle');
    expect([is.woken, commits.map(({ keys }) => keys)]).toEqual([1, [['test/out']]]);
  });

  it('lets acknowledgements alone wait also when the last commit is long ago', async () => {
    const { group, pipeline, commits, waits, is, commitAt } = setUp();
    await commitAt(5_000);
    is.nowMs = 6_000;
    group.acknowledged('test/out', 1);
    expect(pipeline.isDue).toBe(false);
    pipeline.cutIfDue('idle');
    expect([commits.length, waits.map(({ delayMs }) => delayMs)]).toEqual([1, [10]]);
  });

  it('commits acknowledgements with whatever else happens, at once', () => {
    const { arrive, group, pipeline, commits, waits } = setUp();
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    arrive(1);
    pipeline.cutIfDue('idle');
    expect([commits.map(({ keys }) => keys), waits.map(({ cancelled }) => cancelled)]).toEqual([[['1', 'test/out']], [true]]);
  });

  it('lets a commit wait for the rest of a gap after many in a second, and not after few or when they are long ago', async () => {
    const { arrive, pipeline, commits, waits, is, commitAt } = setUp();
    await commitAt(5_000);
    await commitAt(5_001);
    expect([commits.length, waits.length]).toEqual([2, 0]);

    is.nowMs = 5_002;
    arrive(2);
    pipeline.cutIfDue('idle');
    expect([commits.length, waits.map(({ delayMs }) => delayMs)]).toEqual([2, [2]]);
    waits[0]?.end();
    pipeline.cutIfDue('idle');
    expect(commits).toHaveLength(3);
    commits[2]?.resolve();
    await settled();

    await commitAt(5_006);
    await commitAt(6_002);
    await commitAt(7_002);
    await commitAt(7_003);
    expect([commits.length, waits.length]).toEqual([7, 1]);
  });

  it('lets acknowledgements that wait go when something else has to wait less', async () => {
    const { arrive, group, pipeline, waits, is, commitAt } = setUp();
    await commitAt(5_000);
    await commitAt(5_001);
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    is.nowMs = 5_002;
    arrive(2);
    pipeline.cutIfDue('idle');
    expect(waits.map(({ delayMs, cancelled }) => [delayMs, cancelled])).toEqual([
      [10, true],
      [2, false],
    ]);
  });

  it('lets nothing wait when somebody waits for the engine, and ends a wait when it is stopped', async () => {
    const { group, pipeline, commits, waits, is } = setUp();
    is.awaited = true;
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    expect([commits.length, waits.length]).toEqual([1, 0]);
    commits[0]?.resolve();
    await settled();

    is.awaited = false;
    group.acknowledged('test/out', 1);
    pipeline.cutIfDue('idle');
    pipeline.stop();
    expect(waits.map(({ cancelled }) => cancelled)).toEqual([true]);
  });

  it('writes nothing when nothing has happened', () => {
    const { pipeline, commits } = setUp();
    pipeline.cutIfDue('idle');

    expect(commits).toEqual([]);
  });
});
