import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LeasedEgress } from '../../../src/application/checkpoints/leased-egress.ts';
import { LeasedStore } from '../../../src/application/checkpoints/leased-store.ts';
import { RunningCheckpoints } from '../../../src/application/checkpoints/running-checkpoints.ts';
import type { CheckpointHost } from '../../../src/checkpoints/checkpoint-host.ts';
import type { CheckpointSource } from '../../../src/checkpoints/checkpointer.ts';
import { LeaseGate } from '../../../src/checkpoints/lease-gate.ts';
import type { Egress, EgressRecord } from '../../../src/egress/egress.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { ManualPacing } from '../../checkpoints/manual-pacing.ts';
import { recordingLogger, type LogLine } from '../../checkpoints/recording-logger.ts';

const identity = {
  formatVersion: 2,
  storeId: '00112233-4455-6677-8899-aabbccddeeff',
  createdAt: '2026-01-01T00:00:00.000Z',
  keyGroups: 128,
};

describe('the checkpoints of a running application', () => {
  let pacing: ManualPacing;
  let gate: LeaseGate;
  let lines: LogLine[];
  let commit: number;
  let pinned: number;
  let taken: number[];
  let ends: boolean[];
  let failure: Error | undefined;
  const hold = (): void => gate.update({ untilMs: Infinity, untilWallMs: Infinity, lost: undefined });
  const host: CheckpointHost = {
    begin: () => Promise.reject(new Error('it has begun')),
    checkpoint: ({ commit: of }: CheckpointSource) => {
      if (failure !== undefined) return Promise.reject(failure);
      taken.push(of);
      return Promise.resolve({ id: `1-${taken.length}`, commit: of, bytes: 100, bytesUploaded: 10, durationMs: 1 });
    },
    renew: () => Promise.resolve(),
    end: ({ free }) => {
      ends.push(free);
      return Promise.resolve();
    },
  };
  const store = {
    identity,
    pin: () => {
      pinned += 1;
      return { commit, segments: [], release: () => void (pinned -= 1) };
    },
  };
  const create = (baseCommit?: number): RunningCheckpoints =>
    new RunningCheckpoints({ host, gate, store, begun: { epoch: 1, baseCommit }, intervalMs: 3_600_000, logger: recordingLogger(lines) });

  beforeEach(() => {
    pacing = new ManualPacing();
    lines = [];
    [commit, pinned, taken, ends, failure] = [0, 0, [], [], undefined];
    gate = new LeaseGate({ pacing, logger: recordingLogger(lines), renew: () => undefined });
  });
  afterEach(() => expect(pinned).toBe(0));

  it('begin at once when there is none that the state goes on from', async () => {
    const checkpoints = create();
    checkpoints.start();
    await checkpoints.stop({ orderly: false, deadlineMs: 1_000 });
    expect({ taken, ends }).toEqual({ taken: [0], ends: [false] });
  });

  it('end with one of the last commit after an orderly stop, and take none of a commit that one holds already', async () => {
    const checkpoints = create(7);
    checkpoints.start();
    commit = 7;
    await checkpoints.checkpoint();
    commit = 9;
    await checkpoints.stop({ orderly: true, deadlineMs: 1_000 });
    expect({ taken, ends }).toEqual({ taken: [9], ends: [true] });
    expect(checkpoints.statistics()).toMatchObject({ taken: 1, failed: 0, bytesUploaded: 10, epoch: 1, last: { id: '1-1', commit: 9 } });
  });

  it('are reported when they fail, and stop nothing', async () => {
    const checkpoints = create(0);
    commit = 1;
    failure = new StatefunError('CHECKPOINT_STORAGE_DENIED', 'no.');
    await checkpoints.checkpoint();
    failure = undefined;
    await checkpoints.checkpoint();
    expect(taken).toEqual([1]);
    expect(checkpoints.statistics()).toMatchObject({ taken: 1, failed: 1 });
    expect(lines.filter(({ severity }) => severity === 'warn')).toEqual([
      expect.objectContaining({ fields: { error: expect.objectContaining({ code: 'CHECKPOINT_STORAGE_DENIED' }) } }),
    ]);
    await checkpoints.stop({ orderly: false, deadlineMs: 1_000 });
  });

  it('are down in the health of the application while the lease is not held', async () => {
    const checkpoints = create(0);
    expect(await checkpoints.health.check()).toMatchObject({ status: 'down', details: { leaseHeld: false } });
    hold();
    commit = 1;
    await checkpoints.checkpoint();
    expect(await checkpoints.health.check()).toEqual({ status: 'up', details: { taken: 1, failed: 0, leaseHeld: true, last: '1-1' } });
    await checkpoints.stop({ orderly: false, deadlineMs: 1_000 });
  });

  it('stop the engine when they show that another one has taken over', async () => {
    hold();
    const checkpoints = create(0);
    const lost: Error[] = [];
    gate.onLost = (error) => lost.push(error);
    commit = 1;
    failure = new StatefunError('LEASE_LOST', 'it is gone.');
    await checkpoints.checkpoint();
    expect({ lost, open: gate.open }).toEqual({ lost: [failure], open: false });
    await checkpoints.stop({ orderly: false, deadlineMs: 1_000 });
  });

  it('let commits and egress records wait for the lease, and nothing pass when it is lost', async () => {
    const inner = new MemoryStore();
    const leased = new LeasedStore(inner, gate);
    const sent: (readonly EgressRecord[])[] = [];
    const egress: Egress = {
      id: 'a/b',
      description: 'a test',
      start: () => Promise.resolve(),
      send: (records) => {
        sent.push(records);
        return Promise.resolve([]);
      },
      stop: () => Promise.resolve(),
    };
    const leasedEgress = new LeasedEgress(egress, gate);
    const record: EgressRecord = { id: '1', key: undefined, data: 'x', resent: false };
    const committed = leased.commit([{ collection: 'c', key: 'k', value: 'v' }]);
    const left = leasedEgress.send([record]);
    await pacing.pass(0);
    expect({ commits: inner.stats().commits, sent }).toEqual({ commits: 0, sent: [] });
    hold();
    await Promise.all([committed, left]);
    expect({ commits: leased.stats().commits, sent }).toEqual({ commits: 1, sent: [[record]] });
    gate.lose(new StatefunError('LEASE_LOST', 'it is gone.'));
    await expect(leased.commit([])).rejects.toMatchObject({ code: 'LEASE_LOST' });
    await expect(leasedEgress.send([record])).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect({ commits: inner.stats().commits, sent: sent.length }).toEqual({ commits: 1, sent: 1 });
  });

  it('let a commit that waits for the lease end when the store is closed', async () => {
    const leased = new LeasedStore(new MemoryStore(), gate);
    const waiting = leased.commit([]);
    await leased.close();
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_STOPPED' });
  });
});
