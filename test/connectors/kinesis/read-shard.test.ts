import { describe, expect, it } from '@jest/globals';
import { turns, until } from '../../contracts/turns.ts';
import { kinesisError, networkError } from './fake-kinesis.ts';
import { givenStream } from './given-stream.ts';

describe('how a Kinesis ingress reads', () => {
  it('reads every shard of every page of the list, each in order, with its key', async () => {
    const shardIds = ['shardId-0', 'shardId-1', 'shardId-2', 'shardId-3', 'shardId-4'];
    const { clock, kinesis, run } = givenStream(shardIds);
    for (const [index, shardId] of shardIds.entries()) kinesis.write([`${index}a`, `${index}b`], shardId, `key-${index}`);
    const { context, ingress } = await run();
    await until(() => context.records.length === 10, clock);
    for (const [index, shardId] of shardIds.entries()) {
      const records = context.records.filter((record) => record.partition === shardId);
      expect(records.map((record) => [Buffer.from(record.data).toString(), record.key])).toEqual([
        [`${index}a`, `key-${index}`],
        [`${index}b`, `key-${index}`],
      ]);
    }
    await ingress.stop();
  });

  it('names a record by stream, creation time, shard and the whole sequence number', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['a']);
    const { context, ingress } = await run();
    await until(() => context.records.length === 1, clock);
    const sequenceNumber = '49000000000000000000000000000000000000000000000000000001';
    expect(context.records[0]?.identity).toBe(`arn:fake:in@${kinesis.createdAt.getTime()}/shardId-0/${sequenceNumber}`);
    expect(context.records[0]?.position).toBe(`SEQ:${sequenceNumber}`);
    await ingress.stop();
  });

  it('reads a shard no more often than pollInterval says, also when it is behind', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(Array.from({ length: 50 }, (_, index) => `${index}`));
    const startedAt = clock.now();
    const { context, ingress } = await run(undefined, { pollInterval: 400 });
    await until(() => context.records.length === 50, clock);
    expect(clock.now() - startedAt).toBe(4 * 400);
    await ingress.stop();
  });

  it('goes on behind the last record read when its iterator expires while it waits for room', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['1', '2']);
    const { context, ingress } = await run();
    await until(() => context.records.length === 2, clock);
    context.close();
    kinesis.write(['3']);
    await until(() => context.records.length === 3, clock);
    kinesis.write(['4']);
    const laterMs = clock.now() + 301_000;
    while (clock.now() < laterMs) clock.step(laterMs);
    context.open();
    await until(() => context.records.length >= 4, clock);
    await turns(100, clock);
    expect(context.texts).toEqual(['1', '2', '3', '4']);
    expect(kinesis.callsOf('GetShardIterator').at(-1)?.input).toMatchObject({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' });
    await ingress.stop();
  });

  it('loses nothing when an iterator expires before anything was read', async () => {
    const { clock, kinesis, run } = givenStream();
    const { context, ingress } = await run(undefined, { start: 'LATEST' });
    kinesis.failNext('GetRecords', kinesisError('ExpiredIteratorException'), kinesisError('ExpiredIteratorException'));
    kinesis.write(['meanwhile']);
    await until(() => context.records.length === 1, clock);
    expect(context.texts).toEqual(['meanwhile']);
    await ingress.stop();
  });

  it.each([
    kinesisError('ProvisionedThroughputExceededException'),
    kinesisError('LimitExceededException'),
    kinesisError('KMSThrottlingException'),
    kinesisError('InternalFailure', 500),
    kinesisError('SomethingElse', 503),
    networkError('ECONNRESET'),
    Object.assign(new Error('the service that gives credentials does not answer'), { name: 'CredentialsProviderError' }),
  ])('waits out %s and goes on with the same iterator', async (error) => {
    const { clock, kinesis, run } = givenStream();
    kinesis.failNext('GetRecords', error, error, error, error);
    kinesis.write(['1']);
    const startedAt = clock.now();
    const { context, ingress } = await run();
    await until(() => context.records.length === 1, clock);
    // Half of 0.5, 1, 2 and 4 seconds.
    expect(clock.now() - startedAt).toBe(3_750);
    expect(
      new Set(
        kinesis
          .callsOf('GetRecords')
          .slice(0, 5)
          .map((call) => call.input['ShardIterator']),
      ).size,
    ).toBe(1);
    expect(context.failures).toEqual([]);
    await ingress.stop();
  });

  it.each([
    ['AccessDeniedException', 'KINESIS_READ_FAILED'],
    ['KMSDisabledException', 'KINESIS_READ_FAILED'],
  ])('fails once on %s', async (name, code) => {
    const { clock, kinesis, run } = givenStream(['shardId-0', 'shardId-1']);
    const { context, ingress } = await run();
    kinesis.failNext('GetRecords', kinesisError(name), kinesisError(name));
    await until(() => context.failures.length > 0, clock);
    await turns(50, clock);
    expect(context.failures).toEqual([expect.objectContaining({ code })]);
    await ingress.stop();
  });

  it('starts the list of shards again when the token of its next page expires', async () => {
    const { clock, kinesis, run } = givenStream(['shardId-0', 'shardId-1', 'shardId-2']);
    kinesis.write(['1'], 'shardId-2');
    kinesis.failNext('ListShards', kinesisError('ThrottlingException'), kinesisError('ExpiredNextTokenException'));
    const { context, ingress } = await run();
    await until(() => context.records.length === 1, clock);
    await ingress.stop();
  });

  it('stops while it waits, at once', async () => {
    const { clock, kinesis, run } = givenStream();
    const { context, ingress } = await run();
    await turns(20, clock);
    const stoppedAt = clock.now();
    await ingress.stop();
    expect(clock.now()).toBe(stoppedAt);
    const callCount = kinesis.calls.length;
    await turns(100, clock);
    expect(kinesis.calls).toHaveLength(callCount);
    expect(context.failures).toEqual([]);
  });
});
