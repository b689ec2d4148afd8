import { describe, expect, it } from '@jest/globals';
import { KinesisIngress } from '../../../src/connectors/kinesis/kinesis-ingress.ts';
import { RecordingIngressContext } from '../../contracts/recording-ingress-context.ts';
import { turns, until } from '../../contracts/turns.ts';
import { kinesisError, networkError } from './fake-kinesis.ts';
import { givenStream } from './given-stream.ts';

describe('where a Kinesis ingress starts', () => {
  it('resolves LATEST to a time that is saved before the first read, so that a crash loses nothing', async () => {
    const { clock, kinesis, run } = givenStream(['shardId-0', 'shardId-1', 'shardId-2']);
    kinesis.write(['old']);
    clock.step(clock.now() + 1_000);
    const startedAt = clock.now();
    const { context, ingress } = await run(undefined, { start: 'LATEST' });
    const saved = context.log.map(({ partition, position }) => [partition, position]);
    expect(saved).toEqual([
      ['shardId-0', `AT_TIMESTAMP:${startedAt}`],
      ['shardId-1', `AT_TIMESTAMP:${startedAt}`],
      ['shardId-2', `AT_TIMESTAMP:${startedAt}`],
      ['stream', `arn:fake:in@${kinesis.createdAt.getTime()}`],
    ]);
    await ingress.stop();
    kinesis.write(['while it was down']);
    clock.step(clock.now() + 60_000);
    const second = await run(context.committedAfter(0), { start: 'LATEST' });
    await until(() => second.context.records.length > 0, clock);
    expect(second.context.texts).toEqual(['while it was down']);
    await second.ingress.stop();
  });

  it('reads nothing before the start position is durable', async () => {
    const { clock, kinesis } = givenStream();
    const context = new RecordingIngressContext(undefined, clock);
    context.savePosition = () => new Promise(() => undefined);
    const ingress = new KinesisIngress({ stream: 'in', client: kinesis.client, start: 'LATEST' });
    void ingress.start(context);
    await turns(100, clock);
    expect(kinesis.callsOf('GetShardIterator')).toEqual([]);
  });

  it('starts at a time', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['before']);
    clock.step(clock.now() + 5_000);
    const at = new Date(clock.now()).toISOString();
    kinesis.write(['at', 'after']);
    const { context, ingress } = await run(undefined, { start: { at } });
    await until(() => context.records.length > 0, clock);
    expect(context.texts).toEqual(['at', 'after']);
    await ingress.stop();
  });

  it.each([{ at: 'yesterday' }, { at: '2999-01-01T00:00:00Z' }])('refuses the start %j', async (start) => {
    const { run } = givenStream();
    await expect(run(undefined, { start })).rejects.toMatchObject({ code: 'KINESIS_START_INVALID' });
  });

  it('refuses a stream that was deleted and created again', async () => {
    const { kinesis, run } = givenStream();
    const { context, ingress } = await run();
    await ingress.stop();
    kinesis.createdAt = new Date(0);
    await expect(run(context.committedAfter(0))).rejects.toMatchObject({ code: 'INGRESS_POSITION_LOST' });
  });

  it('fails when the committed record is older than what the stream keeps', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['1', '2', '3']);
    const first = await run();
    await until(() => first.context.records.length === 3, clock);
    await first.ingress.stop();
    kinesis.trim('shardId-0', 2);
    const { context, ingress } = await run(first.context.committedAfter(1));
    await until(() => context.failures.length > 0, clock);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'INGRESS_POSITION_LOST' })]);
    expect(context.records).toEqual([]);
    await ingress.stop();
  });

  it('refuses to start when a shard expired that was not read to its end', async () => {
    const { clock, kinesis, run } = givenStream(['shardId-0', 'shardId-1']);
    kinesis.write(['1'], 'shardId-0');
    const first = await run();
    await until(() => first.context.records.length === 1, clock);
    await first.ingress.stop();
    kinesis.expireShard('shardId-0');
    await expect(run(first.context.committedAfter(1))).rejects.toMatchObject({ code: 'INGRESS_POSITION_LOST' });
  });

  it('says that the stream is missing', async () => {
    const { run } = givenStream();
    await expect(run(undefined, { stream: 'other' })).rejects.toMatchObject({ code: 'KINESIS_STREAM_MISSING', facts: { stream: 'other' } });
  });

  it.each([
    ['10 seconds', undefined, 10_000],
    ['the time the option gives', 2_000, 2_000],
  ])('gives up at start when Kinesis does not answer for %s', async (_, startTimeoutMs, expectedMs) => {
    const { clock, kinesis, run } = givenStream();
    kinesis.failNext('DescribeStreamSummary', ...Array.from({ length: 100 }, () => networkError('ECONNREFUSED')));
    const startedAt = clock.now();
    await expect(run(undefined, startTimeoutMs === undefined ? {} : { startTimeout: startTimeoutMs })).rejects.toMatchObject({
      code: 'KINESIS_UNREACHABLE',
      cause: { code: 'ECONNREFUSED' },
    });
    expect(clock.now() - startedAt).toBe(expectedMs);
  });

  it('waits out a short outage at start', async () => {
    const { kinesis, run } = givenStream();
    kinesis.failNext('DescribeStreamSummary', ...Array.from({ length: 3 }, () => networkError('ECONNREFUSED')));
    const { ingress } = await run();
    await ingress.stop();
  });

  it.each([
    ['CredentialsProviderError', 'KINESIS_CREDENTIALS_MISSING'],
    ['UnrecognizedClientException', 'KINESIS_CREDENTIALS_REFUSED'],
  ])('says at once what %s means', async (name, code) => {
    const { clock, kinesis, run } = givenStream();
    kinesis.failNext('DescribeStreamSummary', kinesisError(name));
    const startedAt = clock.now();
    await expect(run()).rejects.toMatchObject({ code, facts: { stream: 'in' } });
    expect(clock.now()).toBe(startedAt);
  });

  it.each([{ pollInterval: 199 }, { recordsPerReadMax: 10_001 }, { shardDiscoveryInterval: 0 }])(
    'refuses the option %j',
    async (options) => {
      const { run } = givenStream();
      await expect(run(undefined, options)).rejects.toMatchObject({ code: 'KINESIS_OPTION_INVALID' });
    },
  );
});
