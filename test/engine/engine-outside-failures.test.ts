import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Egress, EgressRecord, RejectedRecord } from '../../src/egress/egress.ts';
import { hasCode } from '../../src/shared/errors.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { EngineBed } from './engine-bed.ts';
import { failWith, Fragile, next } from './fragile-functions.ts';

describe('Engine, when the outside fails', () => {
  let bed: EngineBed;
  beforeEach(() => {
    next.failures = [];
  });
  afterEach(() => bed.engine.stop());

  it('sends a batch again, marked as resent, until the egress takes it, and keeps the order', async () => {
    const egress = new FlakyEgress(2);
    bed = await EngineBed.start([Fragile], { egress });
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    await bed.receives('test/fragile/a', 'sync', { name: 'two' });
    expect(bed.engine.statistics().outboxRecords).toBe(2);
    await bed.advance(10_000);
    expect(egress.taken).toEqual([
      { name: 'one', resent: true },
      { name: 'two', resent: false },
    ]);
    expect(bed.engine.statistics()).toMatchObject({ outboxRecords: 0, egressRecords: { 'test/out': 2 } });
  });

  it('sends what was not acknowledged again after a restart', async () => {
    bed = await EngineBed.start([Fragile], { egress: new FlakyEgress(Number.POSITIVE_INFINITY) });
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    await bed.engine.stop();
    const egress = new FlakyEgress(0);
    const { store, clock } = bed;
    bed = await EngineBed.start([Fragile], { store, clock, egress });
    await bed.engine.whenQuiet();
    expect(egress.taken).toEqual([{ name: 'one', resent: true }]);
  });

  it('makes a dead letter of a record that the egress refuses for good', async () => {
    const egress = new FlakyEgress(0);
    egress.refused = 'two';
    bed = await EngineBed.start([Fragile], { egress });
    for (const name of ['one', 'two', 'three']) await bed.receives('test/fragile/a', 'sync', { name });
    expect(egress.taken.map(({ name }) => name)).toEqual(['one', 'three']);
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'egress', egressId: 'test/out', reason: 'refused' }]);
    egress.refused = undefined;
    bed.engine.redrive(bed.engine.deadLetters()[0]?.id ?? '');
    await bed.engine.whenQuiet();
    expect(egress.taken.at(-1)).toEqual({ name: 'two', resent: true });
  });

  it('stops when a commit fails, and nothing of that commit leaves', async () => {
    const store = new FailingStore();
    bed = await EngineBed.start([Fragile], { store });
    await bed.receives('test/fragile/a', 'sync', { name: 'one' });
    store.failing = true;
    bed.feed('test/fragile/a', 'sync', { name: 'two' });
    expect((await bed.engine.stopped)?.message).toBe('disk on fire');
    expect(bed.egressData).toEqual([{ name: 'one' }]);
  });

  it.each([
    ['is empty', '', 'RECORD_EMPTY'],
    ['is not UTF-8', Uint8Array.of(0xff, 0xfe, 0x41), 'RECORD_NOT_UTF8'],
    ['is not JSON', 'hello', 'RECORD_NOT_JSON'],
    ['is not an object', '[1]', 'RECORD_NOT_OBJECT'],
    ['is no CloudEvent', '{"id":"1"}', 'INVALID_CLOUD_EVENT'],
  ])('makes a dead letter of a record that %s, and goes on', async (_name, data, code) => {
    bed = await EngineBed.start([Fragile]);
    bed.ingress.push({ data });
    await bed.receives('test/fragile/a', 'sync', { name: 'next' });
    expect(bed.engine.deadLetters()).toMatchObject([{ kind: 'record', code, ingress: { name: 'memory', position: '1' } }]);
    expect(Buffer.from(bed.engine.deadLetters()[0]?.payload ?? []).equals(Buffer.from(data as string))).toBe(true);
    expect(await bed.state('test/fragile/a')).toEqual({ seen: ['next'] });
  });

  it.each([
    ['dead-letter', 1],
    ['count', 0],
  ] as const)('treats events that no forwarder accepts as %s', async (unmatchedEvents, letters) => {
    bed = await EngineBed.start([Fragile], { unmatchedEvents });
    bed.ingress.push({ specversion: '1.0', id: '1', source: '/x', type: 'unmatched', data: {} });
    await bed.engine.whenQuiet();
    expect(bed.engine.statistics().recordsUnmatched).toBe(1);
    expect(bed.engine.deadLetters().filter(({ code }) => code === 'NO_FORWARDER')).toHaveLength(letters);
  });

  it('lets the ingress wait while too many messages are pending, and loses none', async () => {
    bed = await EngineBed.start([Fragile], { limits: { pendingMessagesMax: 5, ingressRecordsMax: 3 } });
    next.failures = [failWith('wait')];
    for (let index = 0; index < 20; index += 1) bed.feed('test/fragile/a', 'async', { name: String(index) });
    await bed.engine.whenQuiet();
    expect(bed.engine.statistics().messagesPending).toBe(5);
    await bed.advance(100);
    expect(await bed.state('test/fragile/a')).toEqual({ seen: Array.from({ length: 20 }, (_, index) => String(index)) });
  });

  it('refuses to be started twice', async () => {
    bed = await EngineBed.start([Fragile]);
    const again = await bed.engine.start().catch((error: unknown) => error);
    expect(hasCode(again, 'ENGINE_STOPPED')).toBe(true);
  });
});

class FlakyEgress implements Egress {
  readonly id = 'test/out';
  readonly description = 'fails a number of times';
  readonly taken: { name: string; resent: boolean }[] = [];
  refused: string | undefined;
  #failuresLeft: number;

  constructor(failuresLeft: number) {
    this.#failuresLeft = failuresLeft;
  }

  start = () => Promise.resolve();
  stop = () => Promise.resolve();

  send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.#failuresLeft-- > 0) return Promise.reject(new Error('not now'));
    const rejected: RejectedRecord[] = [];
    for (const record of records) {
      const { name } = (JSON.parse(record.data as string) as { data: { name: string } }).data;
      if (name === this.refused) rejected.push({ record, error: new Error('refused') });
      else this.taken.push({ name, resent: record.resent });
    }
    return Promise.resolve(rejected);
  }
}

class FailingStore extends MemoryStore {
  failing = false;

  override commit(changes: Parameters<MemoryStore['commit']>[0]): Promise<void> {
    return this.failing ? Promise.reject(new Error('disk on fire')) : super.commit(changes);
  }
}
