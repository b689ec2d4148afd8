import { describe, expect, it } from '@jest/globals';
import { CommitPipeline } from '../../../src/engine/commit/commit-pipeline.ts';
import { CommitGroup, type Capture } from '../../../src/engine/partition/commit-group.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { PendingMessage } from '../../../src/engine/partition/activation.ts';
import type { Partition } from '../../../src/engine/partition/partition.ts';
import type { Store } from '../../../src/storage/store.ts';
import { pending } from '../partition/pending.ts';

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
  const store = {
    commit: (changes: Capture['changes']) =>
      new Promise<void>((resolve, reject) => commits.push({ keys: changes.map(({ key }) => key), resolve, reject })),
  };
  const pipeline = new CommitPipeline({
    // The pipeline uses nothing else of the store and of the partition.
    store: store as unknown as Store,
    partition: { group, capture: () => group.capture(arrived.splice(0)) } as unknown as Partition,
    limits: { ...defaultLimits, commitInvocationsMax: 3, commitIntervalMs: 10 },
    pace: { now: () => 0, nextTurn: () => undefined, stepsPerLook: 1 },
    committed: (capture) => committed.push(capture),
    failed: (error) => failures.push(error),
  });
  return { group, arrive, pipeline, commits, committed, failures };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('CommitPipeline', () => {
  it('cuts again only when the commit before is durable (ENGINE-C1)', async () => {
    const { arrive, pipeline, commits } = setUp();
    arrive(1);
    pipeline.cutIfDue(true);
    arrive(2);
    pipeline.cutIfDue(true);
    expect(commits.map(({ keys }) => keys)).toEqual([['1']]);

    commits[0]?.resolve();
    await settled();
    pipeline.cutIfDue(true);
    expect(commits.map(({ keys }) => keys)).toEqual([['1'], ['2']]);
  });

  it('reports a capture, and resolves those who wait for it, after it is durable and not before (ENGINE-C2)', async () => {
    const { arrive, pipeline, commits, committed } = setUp();
    arrive(1);
    let flushed = false;
    void pipeline.flushed().then(() => (flushed = true));
    pipeline.cutIfDue(true);
    await settled();
    expect([committed.length, flushed, pipeline.commits]).toEqual([0, false, 0]);

    commits[0]?.resolve();
    await settled();
    expect([committed.length, flushed, pipeline.commits]).toEqual([1, true, 1]);
  });

  it('reports nothing of a commit that fails, and cuts no other', async () => {
    const { arrive, pipeline, commits, committed, failures } = setUp();
    arrive(1);
    pipeline.cutIfDue(true);
    commits[0]?.reject(new Error('disk'));
    await settled();

    arrive(2);
    pipeline.cutIfDue(true);
    expect([commits.length, committed, failures]).toEqual([1, [], [new Error('disk')]]);
  });

  it('waits under load until the group is full', () => {
    const { group, arrive, pipeline, commits } = setUp();
    arrive(1);
    pipeline.cutIfDue(false);
    expect(commits).toEqual([]);

    group.invocations = 3;
    pipeline.cutIfDue(false);
    expect(commits).toHaveLength(1);
  });

  it('writes nothing when nothing has happened', () => {
    const { pipeline, commits } = setUp();
    pipeline.cutIfDue(true);

    expect(commits).toEqual([]);
  });
});
