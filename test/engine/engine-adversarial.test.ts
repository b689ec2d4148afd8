import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EgressRecord } from '../../src/egress/egress.ts';
import { CrashableStore } from './crashable-store.ts';
import { EngineBed } from './engine-bed.ts';
import { hostileValues } from './hostile-values.ts';
import { Any, egressThat, GatedStore, resetWorld, Thenable, world } from './hostile-functions.ts';

describe('Engine, attacked', () => {
  let bed: EngineBed;
  beforeEach(resetWorld);
  afterEach(() => bed.engine.stop({ deadlineMs: 1 }));

  it('does not spin on a delayed message that is due while the budget of messages is used up', async () => {
    bed = await EngineBed.start([Any], { limits: { pendingMessagesMax: 1 } });
    await bed.receives('test/any/a', 'later', { ms: 10 });
    world.fails = 1;
    await bed.receives('test/any/b', 'fail');
    await bed.advance(10);
    // Only the retry is left to wait for: an alarm in the past would come back again and again.
    expect(bed.clock.nextDueAt).toBe(bed.clock.now() + 990);
    await bed.advance(990);
    expect(await bed.state('test/any/a')).toEqual({ count: 1 });
  });

  it('becomes quiet when an egress fails after the last turn', async () => {
    let reject = (_error: Error): void => undefined;
    const sending = new Promise<void>((started) => {
      const egress = egressThat(() => {
        started();
        return new Promise((_resolve, rejecting) => (reject = rejecting));
      });
      bed = new EngineBed([Any], { egress });
    });
    await bed.engine.start();
    bed.feed('test/any/a', 'out', { name: 'one' });
    await sending;
    const quiet = bed.engine.whenQuiet();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    reject(new Error('no answer'));
    await quiet;
    expect(bed.engine.statistics().outboxRecords).toBe(1);
  });

  it.each([
    ['nothing', () => undefined as never],
    [
      'records it was not given',
      (records: readonly EgressRecord[]) => records.map((record) => ({ record: { ...record }, error: new Error('no') })),
    ],
  ])('counts no record as acknowledged when the egress answers with %s', async (_name, answer) => {
    bed = await EngineBed.start([Any], { egress: egressThat((records) => Promise.resolve(answer(records))) });
    await bed.receives('test/any/a', 'out', { name: 'one' });
    expect(bed.engine.statistics()).toMatchObject({ outboxRecords: 1, egressRecords: { 'test/out': 0 } });
  });

  it('keeps a record that was refused with something that is not an Error', async () => {
    const refused = [undefined as never, 'full' as never];
    bed = await EngineBed.start([Any], {
      egress: egressThat((records) => Promise.resolve(records.map((record) => ({ record, error: refused.shift() ?? (null as never) })))),
    });
    await bed.receives('test/any/a', 'out', { name: 'one' });
    await bed.receives('test/any/a', 'out', { name: 'two' });
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'egress' }, { kind: 'egress', reason: 'full' }]);
  });

  it('does not mix up tokens of addresses whose ids hold a zero character', async () => {
    bed = await EngineBed.start([Any]);
    await bed.receives('test/any/a', 'later', { ms: 10, token: 'b\0c' });
    await bed.receives('test/any/a\0b', 'take-back', { token: 'c' });
    await bed.advance(10);
    expect(await bed.state('test/any/a')).toEqual({ count: 1 });
  });

  it('keeps the number of live addresses near its limit when every record is for a new one', async () => {
    bed = await EngineBed.start([Any], { limits: { liveAddressesMax: 100, commitInvocationsMax: 5_000, commitIntervalMs: 1e9 } });
    for (let id = 0; id < 30_000; id += 1) bed.feed(`test/any/${id}`, 'count');
    await bed.engine.whenQuiet();
    await bed.receives('test/any/0', 'count');
    await bed.receives('test/any/0', 'count');
    expect(bed.engine.statistics().addressesLive).toBeLessThanOrEqual(5_000);
    expect(await bed.state('test/any/0')).toEqual({ count: 3 });
  });

  it('does not gather invocations without end while a commit is under way', async () => {
    const store = new GatedStore();
    bed = await EngineBed.start([Any], { store, limits: { commitInvocationsMax: 100 } });
    store.gate();
    bed.feed('test/any/ping', 'hop', { left: 10_000 });
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    expect(bed.engine.statistics().invocations).toBeLessThanOrEqual(400);
    store.open();
    await bed.engine.whenQuiet();
    expect(bed.engine.statistics().invocations).toBe(10_001);
  });

  it('gives what a handler left running no way into a later attempt, also where the handler is not an async function', async () => {
    bed = await EngineBed.start([Thenable]);
    bed.feed('test/thenable/a', 'x');
    while (world.open.length === 0) await nextTurn();
    world.open[0]?.();
    bed.feed('test/thenable/a', 'x');
    while (world.open.length === 1) await nextTurn();
    expect(() => world.late[0]?.()).toThrow('ATTEMPT_ENDED');
    world.open[1]?.();
    await bed.engine.whenQuiet();
    expect(await bed.state('test/thenable/a')).toEqual({ count: 2 });
  });

  it('keeps a short reason of an error with a huge message, or one whose message is no text', async () => {
    bed = await EngineBed.start([Any]);
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const message of ['x'.repeat(20_000_000), circular, 1n]) {
      world.thrown = Object.assign(new Error(), { message });
      world.fails = 3;
      await bed.receives('test/any/a', 'fail');
      await bed.advance(10_000);
    }
    const reasons = bed.engine.deadLetters().map(({ reason }) => reason);
    expect(reasons.map((reason) => reason.length < 5_000)).toEqual([true, true, true]);
    expect(reasons.slice(1)).toEqual(['an object', '1']);
    expect(bed.engine.failure).toBeUndefined();
  });

  it.each(hostileValues)('goes on after a handler that throws %s', async (_name, thrown) => {
    bed = await EngineBed.start([Any]);
    world.thrown = thrown();
    world.fails = 3;
    await bed.receives('test/any/a', 'fail');
    await bed.advance(10_000);
    await bed.receives('test/any/a', 'count');
    expect(bed.engine.failure).toBeUndefined();
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'message', target: 'test/any/a', attempts: 3 }]);
    expect(await bed.state('test/any/a')).toEqual({ count: 1 });
  });

  it('keeps only the bytes of a dead record, not the buffer they are a piece of', async () => {
    bed = await EngineBed.start([Any]);
    const chunk = Buffer.alloc(1_000_000, 'x');
    bed.ingress.push({ data: chunk.subarray(10, 20) });
    await bed.engine.whenQuiet();
    chunk.fill('y');
    const [letter] = bed.engine.deadLetters();
    expect(Buffer.from(letter?.payload ?? []).toString()).toBe('xxxxxxxxxx');
    expect(letter?.payload.buffer.byteLength).toBeLessThan(10_000);
  });

  it('takes a record only when everything that functions sent is handled (ENGINE-L1)', async () => {
    bed = await EngineBed.start([Any], { limits: { sliceMs: 0 } });
    bed.feed('test/any/ping', 'hop', { left: 500 });
    bed.feed('test/any/ping', 'log', { name: 'next record' });
    const invocationsWhenTaken: number[] = [];
    let taken = 0;
    while (taken < 2) {
      const { recordsTaken, invocations } = bed.engine.statistics();
      if (recordsTaken > taken) invocationsWhenTaken[recordsTaken - 1] = invocations;
      taken = recordsTaken;
      await nextTurn();
    }
    expect(invocationsWhenTaken[1]).toBeGreaterThanOrEqual(501);
  });

  it('handles what it recovered before it takes a record (PARTITION-E5)', async () => {
    const store = new CrashableStore({ turns: () => 0 });
    bed = await EngineBed.start([Any], { store, limits: { pendingMessagesMax: 5 } });
    world.fails = 1;
    bed.feed('test/any/a', 'fail');
    bed.feed('test/any/a', 'log', { name: 'recovered' });
    await bed.engine.whenQuiet();
    const { clock } = bed;
    clock.step(clock.now() + 999);
    const survivor = await store.crash({ turns: () => 0 }, { keepsCommitUnderWay: false });
    const later = new EngineBed([Any], { store: survivor, clock });
    clock.step(clock.now() + 1);
    for (const name of ['fail', 'recovered', 'new']) later.feed('test/any/a', 'log', { name });
    await later.engine.start();
    await later.engine.whenQuiet();
    expect(await later.state('test/any/a')).toEqual({ log: ['recovered', 'new'] });
    await later.engine.stop();
  });
});
