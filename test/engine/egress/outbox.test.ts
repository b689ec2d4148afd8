import { beforeEach, describe, expect, it } from '@jest/globals';
import { Outbox } from '../../../src/engine/egress/outbox.ts';
import { CommitGroup } from '../../../src/engine/partition/commit-group.ts';
import type { OutboxRecords } from '../../../src/engine/partition/outbox/egress-outbox.ts';
import { DeadLetterIntake } from '../../../src/engine/partition/dead-letter-intake.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { Egress, EgressRecord, RejectedRecord } from '../../../src/egress/egress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { envelope } from '../partition/pending.ts';

interface Call {
  readonly records: readonly EgressRecord[];
  readonly resolve: (rejected: readonly RejectedRecord[]) => void;
  readonly reject: (error: Error) => void;
}

const calls: Call[] = [];
const egress: Egress = {
  id: 'test/out',
  description: 'a test',
  batchRecordsMax: 2,
  start: () => Promise.resolve(),
  send: (records) => new Promise((resolve, reject) => calls.push({ records, resolve, reject })),
  stop: () => Promise.resolve(),
};

let clock: ManualClock;
let group: CommitGroup;
let deadLetters: DeadLetterIntake;
let outbox: Outbox;

beforeEach(() => {
  calls.length = 0;
  clock = new ManualClock();
  group = new CommitGroup();
  deadLetters = new DeadLetterIntake({ limits: defaultLimits, clock, logger: silentLogger, group });
  outbox = new Outbox({ egress: [egress], clock, logger: silentLogger, deadLetters, group, wake: () => undefined });
});

/** Commits records with these ids, and returns what the commit adds to the outbox. */
function committed(ids: readonly string[], egressId = 'test/out'): readonly OutboxRecords[] {
  for (const id of ids) group.egress(egressId, envelope(id), undefined);
  return group.capture().outbox;
}

function sent(): readonly string[] {
  return calls.map(({ records }) => records.map(({ id, resent }) => `${id}${resent ? ' again' : ''}`).join(' '));
}

/** The watermarks that the next commit writes, by egress. */
function watermarks(): Readonly<Record<string, unknown>> {
  const written = group.capture().changes.filter(({ collection }) => collection === 'outbox-watermarks');
  return Object.fromEntries(written.map(({ key, value }) => [key, value]));
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('Outbox', () => {
  it('sends only records that are released to it, one batch at a time and in order (ENGINE-O1)', async () => {
    await outbox.start();
    expect(calls).toEqual([]);

    outbox.release(committed(['1', '2', '3']));
    expect(sent()).toEqual(['1 2']);
    calls[0]?.resolve([]);
    await settled();
    expect(sent()).toEqual(['1 2', '3']);
  });

  it('keeps a record until the outside has acknowledged it, and then moves the watermark with the next commit (ENGINE-O2)', async () => {
    outbox.release(committed(['1']));
    expect([outbox.records, outbox.resting, watermarks()]).toEqual([1, false, {}]);

    calls[0]?.resolve([]);
    await settled();
    expect([outbox.records, outbox.bytes, outbox.resting, watermarks()]).toEqual([0, 0, true, { 'test/out': '1' }]);
    expect(outbox.acknowledged).toEqual({ 'test/out': 1 });
  });

  it('sends a batch again, marked as resent, after it has failed, and moves no watermark before that', async () => {
    outbox.release(committed(['1']));
    calls[0]?.reject(new Error('the outside is away'));
    await settled();
    expect([outbox.records, outbox.resting, watermarks()]).toEqual([1, true, {}]);

    clock.step(clock.nextDueAt ?? 0);
    expect(sent()).toEqual(['1', '1 again']);
  });

  it('counts and sends again all records of a batch, whatever the egress does with its list', async () => {
    outbox.release(committed(['1', '2', '3']));
    const take = (call: number): EgressRecord[] => (calls[call]?.records as EgressRecord[]).splice(0);
    for (const record of take(0)) Object.assign(record, { id: 'other', data: '' });
    calls[0]?.reject(new Error('the outside is away'));
    await settled();
    clock.step(clock.nextDueAt ?? 0);
    const [, second] = take(1);
    const rejected = second === undefined ? [] : [{ record: second, error: new Error('never') }];
    expect(rejected).toMatchObject([{ record: { id: '2', data: envelope('2').payload, resent: true } }]);
    calls[1]?.resolve(rejected);
    await settled();
    expect([outbox.records, deadLetters.letters.list().map(({ messageId }) => messageId)]).toEqual([1, ['2']]);
    expect([watermarks(), sent().at(-1)]).toEqual([{ 'test/out': '2' }, '3']);
  });

  it('makes a dead letter of a record that the outside refuses, in the commit of the watermark over its batch (PARTITION-O2)', async () => {
    outbox.release(committed(['1', '2']));
    const [call] = calls;
    const refused = call?.records[0];
    if (call === undefined || refused === undefined) throw new Error('nothing was sent');
    call.resolve([{ record: refused, error: new Error('too large') }]);
    await settled();

    expect(deadLetters.letters.list()).toMatchObject([{ kind: 'egress', egressId: 'test/out', messageId: '1', reason: 'too large' }]);
    const keys = group
      .capture()
      .changes.map(({ collection, key, value }) => `${collection} ${key} ${typeof value === 'string' ? value : ''}`);
    expect(keys).toEqual(['outbox-watermarks test/out 2', 'dead-letters 1 ']);
  });

  it('makes dead letters of records for an egress that is not declared any more', () => {
    outbox.release([...committed(['1'], 'test/gone'), ...committed(['2'])]);

    expect(sent()).toEqual(['2']);
    expect(deadLetters.letters.list()).toMatchObject([{ code: 'UNKNOWN_EGRESS', messageId: '1' }]);
    expect(watermarks()).toEqual({ 'test/gone': '1' });
  });
});
