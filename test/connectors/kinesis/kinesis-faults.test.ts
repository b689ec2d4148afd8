import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { KinesisSender } from '../../../src/connectors/kinesis/kinesis-connection.ts';
import { KinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import { KinesisIngress } from '../../../src/connectors/kinesis/kinesis-ingress.ts';
import { KinesisStreamsEgress } from '../../../src/connectors/kinesis/kinesis-streams-egress.ts';
import type { Egress, EgressRecord } from '../../../src/egress/egress.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { hasCode } from '../../../src/shared/errors.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { egressContext, egressRecord } from '../../contracts/egress-contract.ts';
import { RecordingIngressContext } from '../../contracts/recording-ingress-context.ts';
import { takeErrorsOfNode } from './errors-of-node.ts';
import { FakeKinesis } from './fake-kinesis.ts';
import { faults, FaultServer } from './fault-server.ts';

const random = (): number => 0.5;
/** In a row: one could be met by a call that the SDK repeats by itself. */
const repeats = 2;

const table = (operations: readonly string[]) =>
  operations.flatMap((operation) => Object.entries(faults).map(([what, fault]) => ({ operation, what, fault })));

describe('a Kinesis that answers over a bad network', () => {
  let clock: ManualClock;
  let kinesis: FakeKinesis;
  let server: FaultServer;
  let client: KinesisSender;

  let undo: () => void;
  beforeAll(() => void (undo = takeErrorsOfNode()));
  afterAll(() => undo());

  beforeEach(async () => {
    clock = new ManualClock();
    kinesis = new FakeKinesis(clock, 'in', ['shardId-0', 'shardId-1']);
    server = new FaultServer(kinesis);
    client = await server.start();
  });
  afterEach(() => server.stop());

  const until = (condition: () => boolean) => server.until(condition, clock);
  const settled = <T>(promise: Promise<T>) => server.settled(promise, clock);

  function openIngress() {
    const context = new RecordingIngressContext(undefined, clock);
    return { context, ingress: new KinesisIngress({ stream: 'in', client, shardDiscoveryInterval: 1_000 }, random) };
  }

  /** Everything is read, in order, once, and nothing has stopped. */
  async function expectRead({ context, ingress }: ReturnType<typeof openIngress>, texts: readonly string[]): Promise<void> {
    await until(() => context.records.length >= texts.length || context.failures.length > 0);
    expect(context.failures).toEqual([]);
    expect(context.texts.toSorted()).toEqual(texts);
    expect(context.log.filter(({ position }) => position === 'SHARD_END')).toEqual([]);
    await settled(ingress.stop());
  }

  it.each(table(['DescribeStreamSummary', 'ListShards', 'GetShardIterator', 'GetRecords']))(
    '$operation waits out $what when an ingress starts',
    async ({ operation, fault }) => {
      kinesis.write(['a1', 'a2'], 'shardId-0');
      kinesis.write(['b1'], 'shardId-1');
      server.meetNext(operation, ...Array.from({ length: repeats }, () => fault));
      const run = openIngress();
      await settled(run.ingress.start(run.context));
      await expectRead(run, ['a1', 'a2', 'b1']);
      expect(server.callsOf(operation)).toBeGreaterThan(repeats);
      expect(run.context.log.find(({ partition }) => partition === 'stream')?.position).toBe(`arn:fake:in@${kinesis.createdAt.getTime()}`);
    },
  );

  it.each(table(['ListShards', 'GetShardIterator', 'GetRecords']))(
    '$operation waits out $what while an ingress reads',
    async ({ operation, fault }) => {
      kinesis.write(['a1'], 'shardId-0');
      const run = openIngress();
      await settled(run.ingress.start(run.context));
      await until(() => run.context.records.length === 1);
      server.meetNext(operation, ...Array.from({ length: repeats }, () => fault));
      const calls = server.callsOf(operation);
      // A child of a split is found by ListShards and needs an iterator of its own.
      kinesis.split('shardId-1', ['shardId-2', 'shardId-3']);
      kinesis.write(['b1'], 'shardId-2');
      kinesis.write(['b2'], 'shardId-3');
      kinesis.write(['a2'], 'shardId-0');
      await until(() => run.context.records.length >= 4 || run.context.failures.length > 0);
      expect(run.context.failures).toEqual([]);
      expect(run.context.texts.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
      expect(run.context.log.filter(({ position }) => position === 'SHARD_END').map(({ partition }) => partition)).toEqual(['shardId-1']);
      expect(server.callsOf(operation) - calls).toBeGreaterThan(repeats);
      await settled(run.ingress.stop());
    },
  );

  /** Sends as the engine does: the same records again for as long as the egress rejects. */
  async function sendAll(egress: Egress, records: readonly EgressRecord[]): Promise<number> {
    for (let failures = 0; ; failures += 1) {
      try {
        const rejected = await settled(egress.send(records.map((record) => ({ ...record, resent: failures > 0 }))));
        expect(rejected).toEqual([]);
        return failures;
      } catch (error) {
        if (!hasCode(error, 'KINESIS_WRITE_FAILED') || failures >= repeats) throw error;
      }
    }
  }

  it.each(table(['DescribeStreamSummary', 'PutRecords']))('$operation of an egress survives $what', async ({ operation, fault }) => {
    server.meetNext(operation, ...Array.from({ length: repeats }, () => fault));
    const egress = new KinesisEgress('test/out', { stream: 'in', client }, random);
    await settled(egress.start(egressContext(clock)));
    const failures = await sendAll(egress, [egressRecord('1', { data: '1', key: 'k' }), egressRecord('2', { data: '2', key: 'k' })]);
    expect(failures).toBe(operation === 'PutRecords' ? repeats : 0);
    expect(kinesis.texts).toEqual(['1', '2']);
    await egress.stop();
  });

  it.each(table(['DescribeStreamSummary', 'PutRecords']))(
    '$operation of an egress to streams that the records name survives $what',
    async ({ operation, fault }) => {
      server.meetNext(operation, ...Array.from({ length: repeats }, () => fault));
      const read = () => ({ stream: 'in', partitionKey: 'k', value: Buffer.from('1') });
      const egress = new KinesisStreamsEgress('test/out', read, { client });
      await egress.start(egressContext(clock));
      const envelope = Envelope.ofTypedValue({ typename: 'test/Record', hasValue: true, value: Buffer.from('1') });
      await sendAll(egress, [egressRecord('1', { data: envelope.encode() })]);
      expect(kinesis.texts).toEqual(['1']);
      await egress.stop();
    },
  );

  it('says at start what answered in place of Kinesis', async () => {
    server.meetNext('DescribeStreamSummary', ...Array.from({ length: 100 }, () => faults['an HTML page with 200'] ?? (() => undefined)));
    const { context, ingress } = openIngress();
    await expect(settled(ingress.start(context))).rejects.toMatchObject({
      code: 'KINESIS_UNREACHABLE',
      summary: expect.stringMatching(/a response with status 200 that is not from Kinesis \(SyntaxError: Unexpected token '<'.*\)\.$/),
    });
    await ingress.stop();
  });

  it('stops for what Kinesis itself refuses', async () => {
    const { context, ingress } = openIngress();
    await settled(ingress.start(context));
    server.meetNext('GetRecords', (response) => response.writeHead(400).end('{"__type":"AccessDeniedException","message":"no"}'));
    await until(() => context.failures.length > 0);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'KINESIS_READ_FAILED' })]);
    await settled(ingress.stop());
  });
});
