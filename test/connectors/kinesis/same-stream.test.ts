import { describe, expect, it } from '@jest/globals';
import { turns, until } from '../../contracts/turns.ts';
import { kinesisError } from './fake-kinesis.ts';
import { givenStream } from './given-stream.ts';

const missing = kinesisError('ResourceNotFoundException');

/** An ingress that has read the first record of each shard. */
async function givenReading(shardIds = ['shardId-0', 'shardId-1']) {
  const { clock, kinesis, run } = givenStream(shardIds);
  for (const shardId of shardIds) kinesis.write([`${shardId} 1`], shardId);
  const { context, ingress } = await run(undefined, { shardDiscoveryInterval: 1_000 });
  await until(() => context.records.length === shardIds.length, clock);
  return { clock, kinesis, context, ingress };
}

describe('a Kinesis ingress whose stream is not found', () => {
  it('reads on when an emulator was started again with its records, and knows no iterator', async () => {
    const { clock, kinesis, context, ingress } = await givenReading();
    kinesis.forgetIterators();
    kinesis.write(['shardId-0 2'], 'shardId-0');
    kinesis.write(['shardId-1 2'], 'shardId-1');
    await until(() => context.records.length >= 4 || context.failures.length > 0, clock);
    expect(context.failures).toEqual([]);
    expect(context.texts.toSorted()).toEqual(['shardId-0 1', 'shardId-0 2', 'shardId-1 1', 'shardId-1 2']);
    await ingress.stop();
  });

  it('waits for a stream that is back within ten seconds', async () => {
    const { clock, kinesis, context, ingress } = await givenReading();
    kinesis.isMissing = true;
    const backAt = clock.now() + 9_000;
    clock.schedule(backAt, () => (kinesis.isMissing = false));
    kinesis.write(['shardId-0 2'], 'shardId-0');
    await until(() => context.records.length === 3 || context.failures.length > 0, clock);
    expect(context.failures).toEqual([]);
    expect(clock.now()).toBeGreaterThanOrEqual(backAt);
    await ingress.stop();
  });

  it('says that the stream was created again, when that is what has happened', async () => {
    const { clock, kinesis, context, ingress } = await givenReading();
    const first = kinesis.createdAt.getTime();
    kinesis.isMissing = true;
    clock.schedule(clock.now() + 2_000, () => {
      kinesis.createdAt = new Date(clock.now());
      kinesis.forgetIterators();
      kinesis.isMissing = false;
    });
    await until(() => context.failures.length > 0, clock);
    await turns(50, clock);
    expect(context.failures).toEqual([
      expect.objectContaining({
        code: 'INGRESS_POSITION_LOST',
        summary: `Stream "in" was deleted and created again: the committed positions belong to arn:fake:in@${first}, but the stream is arn:fake:in@${kinesis.createdAt.getTime()}.`,
      }),
    ]);
    await ingress.stop();
  });

  it('says after ten seconds that the stream is gone, and asks once for all its shards', async () => {
    const shardIds = Array.from({ length: 10 }, (_, index) => `shardId-${index}`);
    const { clock, kinesis, context, ingress } = await givenReading(shardIds);
    const calls = kinesis.callsOf('DescribeStreamSummary').length;
    kinesis.isMissing = true;
    const missingSince = clock.now();
    await until(() => context.failures.length > 0, clock);
    expect(clock.now() - missingSince).toBeLessThan(11_000);
    expect(context.failures).toEqual([
      expect.objectContaining({
        code: 'KINESIS_STREAM_MISSING',
        summary: expect.stringContaining('has been missing for 10 seconds'),
      }),
    ]);
    // Twenty waits of half a second.
    expect(kinesis.callsOf('DescribeStreamSummary').length - calls).toBe(21);
    await ingress.stop();
  });

  it('gives up a stream that is there, and knows none of the iterators it has just made', async () => {
    const { clock, kinesis, context, ingress } = await givenReading(['shardId-0']);
    kinesis.failNext('GetRecords', ...Array.from({ length: 100 }, () => missing));
    await until(() => context.failures.length > 0, clock);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'KINESIS_READ_FAILED' })]);
    await ingress.stop();
  });

  it('lists the shards again when they were not found once', async () => {
    const { clock, kinesis, context, ingress } = await givenReading(['shardId-0']);
    kinesis.failNext('ListShards', missing, missing);
    kinesis.split('shardId-0', ['shardId-1', 'shardId-2']);
    kinesis.write(['child'], 'shardId-1');
    await until(() => context.records.length === 2 || context.failures.length > 0, clock);
    expect(context.failures).toEqual([]);
    kinesis.failNext('ListShards', ...Array.from({ length: 100 }, () => missing));
    await until(() => context.failures.length > 0, clock);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'KINESIS_READ_FAILED' })]);
    await ingress.stop();
  });

  it('says that a shard has lost its position when the stream is there and the shard is not', async () => {
    const { clock, kinesis, context, ingress } = await givenReading();
    kinesis.failNext('GetRecords', kinesisError('ExpiredIteratorException'));
    kinesis.failNext('GetShardIterator', missing);
    await until(() => context.failures.length > 0, clock);
    expect(context.failures).toEqual([expect.objectContaining({ code: 'INGRESS_POSITION_LOST' })]);
    await ingress.stop();
  });
});
