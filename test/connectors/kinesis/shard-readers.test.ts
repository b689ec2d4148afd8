import { describe, expect, it } from '@jest/globals';
import { until } from '../../contracts/turns.ts';
import { givenStream } from './given-stream.ts';

describe('a Kinesis ingress on shards that split and merge', () => {
  it('reads a parent to its end before its children, and the children whole', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['p1', 'p2', 'p3'], 'shardId-0');
    kinesis.split('shardId-0', ['shardId-1', 'shardId-2']);
    kinesis.write(['a1'], 'shardId-1');
    kinesis.write(['b1'], 'shardId-2');
    kinesis.pageRecordsMax = 1;
    const { context, ingress } = await run();
    await until(() => context.records.length === 5, clock);
    expect(context.texts.slice(0, 3)).toEqual(['p1', 'p2', 'p3']);
    expect(context.texts.slice(3).toSorted()).toEqual(['a1', 'b1']);
    const ends = context.log.filter((entry) => entry.position === 'SHARD_END');
    expect(ends).toEqual([{ partition: 'shardId-0', position: 'SHARD_END', isRecord: false }]);
    await ingress.stop();
  });

  it('starts the child of a merge when both parents are at their end', async () => {
    const { clock, kinesis, run } = givenStream(['shardId-0', 'shardId-1']);
    kinesis.write(['a1'], 'shardId-0');
    kinesis.write(
      Array.from({ length: 20 }, (_, index) => `b${index}`),
      'shardId-1',
    );
    kinesis.merge(['shardId-0', 'shardId-1'], 'shardId-2');
    kinesis.write(['c1'], 'shardId-2');
    kinesis.pageRecordsMax = 3;
    const { context, ingress } = await run();
    await until(() => context.records.length === 22, clock);
    expect(context.texts.at(-1)).toBe('c1');
    await ingress.stop();
  });

  it('waits for a parent that it did not know when the other one ended', async () => {
    const { clock, kinesis, run } = givenStream(['shardId-0']);
    const { context, ingress } = await run();
    kinesis.addShard('shardId-1', []);
    kinesis.write(
      Array.from({ length: 20 }, (_, index) => `b${index}`),
      'shardId-1',
    );
    kinesis.merge(['shardId-0', 'shardId-1'], 'shardId-2');
    kinesis.write(['c1'], 'shardId-2');
    kinesis.pageRecordsMax = 3;
    await until(() => context.records.length === 21, clock);
    expect(context.texts.at(-1)).toBe('c1');
    await ingress.stop();
  });

  it('reads a child from its beginning that appears while LATEST is read', async () => {
    const { clock, kinesis, run } = givenStream();
    const { context, ingress } = await run(undefined, { start: 'LATEST' });
    kinesis.write(['p1'], 'shardId-0');
    kinesis.split('shardId-0', ['shardId-1']);
    kinesis.write(['c1'], 'shardId-1');
    await until(() => context.records.length === 2, clock);
    expect(context.texts).toEqual(['p1', 'c1']);
    await ingress.stop();
  });

  it('goes on after a restart with the children alone, when the parent is at its end', async () => {
    const { clock, kinesis, run } = givenStream();
    kinesis.write(['p1'], 'shardId-0');
    kinesis.split('shardId-0', ['shardId-1']);
    const first = await run();
    await until(() => first.context.log.some((entry) => entry.position === 'SHARD_END'), clock);
    await first.ingress.stop();
    kinesis.expireShard('shardId-0');
    kinesis.write(['c1'], 'shardId-1');
    const { context, ingress } = await run(first.context.committedAfter(1));
    await until(() => context.records.length === 1, clock);
    expect(context.texts).toEqual(['c1']);
    await ingress.stop();
  });

  it('finds shards that appear from nowhere at the next discovery', async () => {
    const { clock, kinesis, run } = givenStream();
    const { context, ingress } = await run(undefined, { shardDiscoveryInterval: 30_000 });
    kinesis.addShard('shardId-9', []);
    kinesis.write(['found'], 'shardId-9');
    await until(() => context.records.length === 1, clock);
    expect(context.texts).toEqual(['found']);
    await ingress.stop();
  });
});
