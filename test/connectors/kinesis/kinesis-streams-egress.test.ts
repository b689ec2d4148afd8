import { describe, expect, it } from '@jest/globals';
import { KinesisStreamsEgress, type StreamRecord } from '../../../src/connectors/kinesis/kinesis-streams-egress.ts';
import type { EgressRecord } from '../../../src/egress/egress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { StatefunError } from '../../../src/shared/errors.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { egressContext } from '../../contracts/egress-contract.ts';
import { settled } from '../../contracts/turns.ts';
import { FakeKinesis } from './fake-kinesis.ts';

const recordOf = (record: object): EgressRecord => ({
  id: '1',
  key: undefined,
  data: Envelope.ofTypedValue({ typename: 'a/b', hasValue: true, value: Buffer.from(JSON.stringify(record)) }).encode(),
  resent: false,
});

function readRecord({ value }: { readonly value: Uint8Array }): StreamRecord {
  const record = JSON.parse(Buffer.from(value).toString()) as StreamRecord & { readonly text?: string };
  if (record.stream === '') throw new StatefunError('EGRESS_RECORD_REFUSED', 'no stream.');
  return { ...record, value: Buffer.from(record.text ?? '') };
}

describe('a Kinesis egress whose records name their stream', () => {
  it('writes each to its stream, and rejects those without one, or whose stream is not there', async () => {
    const clock = new ManualClock();
    const kinesis = new FakeKinesis(clock, 'one');
    const egress = new KinesisStreamsEgress('test/out', readRecord, { client: kinesis.client });
    await egress.start(egressContext(clock));
    const records = [
      recordOf({ stream: 'one', partitionKey: 'k', text: 'first', explicitHashKey: '7' }),
      recordOf({ stream: '', partitionKey: 'k' }),
      recordOf({ stream: 'missing', partitionKey: 'k', text: 'lost' }),
      recordOf({ stream: 'one', partitionKey: 'k', text: 'second' }),
    ];
    const rejected = await settled(egress.send(records), clock);
    expect(rejected.map(({ record, error }) => [records.indexOf(record), StatefunError.is(error) && error.code])).toEqual([
      [1, 'EGRESS_RECORD_REFUSED'],
      [2, 'KINESIS_STREAM_MISSING'],
    ]);
    expect(kinesis.texts).toEqual(['first', 'second']);
    expect(kinesis.callsOf('PutRecords').map(({ input }) => input['Records'])).toEqual([
      [{ PartitionKey: 'k', Data: Buffer.from('first'), ExplicitHashKey: '7' }],
      [{ PartitionKey: 'k', Data: Buffer.from('second') }],
    ]);
    await egress.stop();
  });
});
