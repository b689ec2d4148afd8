import { describe, expect, it } from '@jest/globals';
import type { EgressRecord } from '../../../src/egress/egress.ts';
import { KinesisEgress, type KinesisEgressOptions } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { describeEgress, egressContext, egressRecord } from '../../contracts/egress-contract.ts';
import { settled, turns } from '../../contracts/turns.ts';
import { FakeKinesis, kinesisError, networkError } from './fake-kinesis.ts';

const random = (): number => 0.5;

describeEgress('Kinesis', { skipsResent: false }, (clock) => {
  const kinesis = new FakeKinesis(clock, 'out');
  return Promise.resolve({
    open: () => new KinesisEgress('test/out', { stream: 'out', client: kinesis.client }, random),
    read: () => Promise.resolve(kinesis.texts),
  });
});

async function given(options: KinesisEgressOptions = {}) {
  const clock = new ManualClock();
  const kinesis = new FakeKinesis(clock, 'out');
  const egress = new KinesisEgress('test/out', { stream: 'out', client: kinesis.client, ...options }, random);
  await settled(egress.start(egressContext(clock)), clock);
  return {
    clock,
    kinesis,
    egress,
    send: (records: readonly EgressRecord[]) => settled(egress.send(records), clock),
    /** Of each PutRecords call, the partition keys. */
    puts: () => kinesis.callsOf('PutRecords').map(({ input }) => keysOf(input['Records'])),
  };
}

function keysOf(entries: unknown): readonly string[] {
  return (entries as readonly { PartitionKey: string }[]).map((entry) => entry.PartitionKey);
}

const text = (id: string, key: string): EgressRecord => ({ id, key, data: id, resent: false });

describe('kinesisEgress', () => {
  it('sends a failed record again before a later one of its key, whatever else is in the call', async () => {
    const { kinesis, send } = await given();
    const failing = new Map([
      ['a1', 2],
      ['b2', 1],
    ]);
    kinesis.entryFailure = (_key, data) => {
      const left = failing.get(data) ?? 0;
      failing.set(data, left - 1);
      return left > 0 ? 'ProvisionedThroughputExceededException' : undefined;
    };
    const ids = ['a1', 'a2', 'b1', 'a3', 'b2', 'b3', 'c1'];
    expect(await send(ids.map((id) => text(id, id.slice(0, 1))))).toEqual([]);
    for (const key of ['a', 'b', 'c']) {
      expect(kinesis.texts.filter((taken) => taken.startsWith(key))).toEqual(ids.filter((id) => id.startsWith(key)));
    }
  });

  it('never has two records of a key in one call', async () => {
    const { send, puts } = await given();
    await send(Array.from({ length: 30 }, (_, index) => text(`${index}`, `k${index % 7}`)));
    for (const keys of puts()) expect(new Set(keys).size).toBe(keys.length);
    expect(puts()).toHaveLength(5);
  });

  it('backs off while records are throttled, and not otherwise', async () => {
    const { clock, kinesis, send } = await given();
    const startedAt = clock.now();
    await send([text('1', 'a'), text('2', 'a')]);
    expect(clock.now()).toBe(startedAt);
    let failuresLeft = 3;
    kinesis.entryFailure = () => (failuresLeft-- > 0 ? 'InternalFailure' : undefined);
    await send([text('3', 'a')]);
    // Half of 1, 2 and 4 seconds.
    expect(clock.now() - startedAt).toBe(3_500);
  });

  it('waits out a throttled call', async () => {
    const { kinesis, send } = await given();
    kinesis.failNext('PutRecords', kinesisError('ProvisionedThroughputExceededException'), kinesisError('ThrottlingException'));
    expect(await send([text('1', 'a')])).toEqual([]);
    expect(kinesis.texts).toEqual(['1']);
  });

  it('tells the engine when Kinesis takes nothing for ten calls', async () => {
    const { kinesis, send } = await given();
    kinesis.entryFailure = () => 'ProvisionedThroughputExceededException';
    await expect(send([text('1', 'a')])).rejects.toMatchObject({ code: 'KINESIS_WRITE_FAILED' });
    expect(kinesis.callsOf('PutRecords')).toHaveLength(10);
  });

  it.each([networkError('ECONNRESET'), kinesisError('InternalFailure', 500), kinesisError('AccessDeniedException')])(
    'rejects on %s, of which nobody knows what was taken or which no wait heals',
    async (error) => {
      const { kinesis, send } = await given();
      kinesis.failNext('PutRecords', error);
      await expect(send([text('1', 'a')])).rejects.toMatchObject({ code: 'KINESIS_WRITE_FAILED', cause: error });
      expect(kinesis.callsOf('PutRecords')).toHaveLength(1);
    },
  );

  it('gives a record up that Kinesis refuses, and goes on with its key', async () => {
    const { kinesis, send } = await given();
    kinesis.entryFailure = (_key, data) => (data === 'bad' ? 'InvalidArgumentException' : undefined);
    const rejected = await send([text('1', 'a'), text('bad', 'a'), text('2', 'a')]);
    expect(rejected).toEqual([{ record: text('bad', 'a'), error: expect.objectContaining({ code: 'KINESIS_RECORD_REFUSED' }) }]);
    expect(kinesis.texts).toEqual(['1', '2']);
  });

  it('finds the one wrong record of a call that is refused as a whole', async () => {
    const { kinesis, send } = await given();
    kinesis.failNext('PutRecords', kinesisError('ValidationException'), kinesisError('ValidationException'));
    const rejected = await send([text('bad', 'a'), text('1', 'b'), text('2', 'c')]);
    expect(rejected.map(({ record }) => record.id)).toEqual(['bad']);
    expect(kinesis.texts).toEqual(['1', '2']);
  });

  it('rejects a record that is too large with its key, and takes one that just fits', async () => {
    const { kinesis, send } = await given();
    const sizeBytes = 1024 * 1024;
    const fits = { ...text('fits', 'ké'), data: 'x'.repeat(sizeBytes - 3) };
    const tooLarge = { ...text('too-large', 'ké'), data: 'x'.repeat(sizeBytes - 2) };
    expect(await send([fits, tooLarge])).toEqual([
      {
        record: tooLarge,
        error: expect.objectContaining({ code: 'KINESIS_RECORD_TOO_LARGE', facts: expect.objectContaining({ sizeBytes: sizeBytes + 1 }) }),
      },
    ]);
    expect(kinesis.texts).toHaveLength(1);
  });

  it('keeps each call within its limits of records and bytes', async () => {
    const { send, puts } = await given({ batchRecordsMax: 3, batchBytesMax: 100 });
    await send(['a', 'b', 'c', 'd'].map((key) => text(key, key)));
    await send(['e', 'f', 'g'].map((key) => ({ ...text(key, key), data: 'x'.repeat(49) })));
    await send([{ ...text('h', 'h'), data: 'x'.repeat(500) }]);
    expect(puts()).toEqual([['a', 'b', 'c'], ['d'], ['e', 'f'], ['g'], ['h']]);
  });

  it('uses the id where there is no key, and a hash where the key is too long', async () => {
    const { send, puts } = await given();
    await send([
      egressRecord('id-1'),
      egressRecord('2', { key: '' }),
      egressRecord('3', { key: 'k'.repeat(256) }),
      egressRecord('4', { key: 'k'.repeat(257) }),
    ]);
    // printf 'k%.0s' {1..257} | sha256sum
    expect(puts()).toEqual([['id-1', '2', 'k'.repeat(256), 'a5de0e3c93b4322bf1d2e6cc13119219d665142374de7f2b06bae237759c73e2']]);
  });

  it('sends bytes as they are', async () => {
    const { kinesis, send } = await given({ format: 'envelope' });
    await send([{ ...text('1', 'a'), data: Uint8Array.of(0, 255, 128) }]);
    const [call] = kinesis.callsOf('PutRecords');
    expect((call?.input['Records'] as readonly { Data: Uint8Array }[])[0]?.Data).toEqual(Uint8Array.of(0, 255, 128));
  });

  it('ends its waiting when the engine stops', async () => {
    const clock = new ManualClock();
    const kinesis = new FakeKinesis(clock, 'out');
    const egress = new KinesisEgress('test/out', { stream: 'out', client: kinesis.client }, random);
    const controller = new AbortController();
    await settled(egress.start({ clock, logger: silentLogger, signal: controller.signal }), clock);
    kinesis.entryFailure = () => 'ProvisionedThroughputExceededException';
    const sent = egress.send([text('1', 'a')]);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    controller.abort(new Error('the engine stops'));
    await expect(sent).rejects.toThrow('the engine stops');
  });

  it('does not start on a stream that is missing', async () => {
    await expect(given({ stream: 'other' })).rejects.toMatchObject({ code: 'KINESIS_STREAM_MISSING' });
  });

  it('starts where it may write but not describe', async () => {
    const clock = new ManualClock();
    const kinesis = new FakeKinesis(clock, 'out');
    kinesis.failNext('DescribeStreamSummary', kinesisError('AccessDeniedException'));
    const egress = new KinesisEgress('test/out', { stream: 'out', client: kinesis.client }, random);
    await expect(settled(egress.start(egressContext(clock)), clock)).resolves.toBeUndefined();
    await turns(5, clock);
  });
});
