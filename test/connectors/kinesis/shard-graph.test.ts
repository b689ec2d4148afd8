import { describe, expect, it } from '@jest/globals';
import type { Shard } from '@aws-sdk/client-kinesis';
import { ShardGraph } from '../../../src/connectors/kinesis/shard-graph.ts';

function shard(id: string, parent?: string, adjacent?: string): Shard {
  return {
    ShardId: id,
    HashKeyRange: undefined,
    SequenceNumberRange: undefined,
    ...(parent === undefined ? {} : { ParentShardId: parent }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
  };
}

describe('ShardGraph', () => {
  it('gives out each shard once (KINESIS-G1)', () => {
    const graph = new ShardGraph();
    graph.addListed([shard('0'), shard('1')]);
    expect(graph.take()).toEqual(['0', '1']);
    graph.addListed([shard('0'), shard('1')]);
    expect(graph.take()).toEqual([]);
  });

  it('holds a child back until its parent ends, however the list is ordered (KINESIS-G2)', () => {
    const graph = new ShardGraph();
    graph.addListed([shard('2', '1'), shard('1', '0'), shard('0')]);
    expect(graph.take()).toEqual(['0']);
    graph.end('0');
    expect(graph.take()).toEqual(['1']);
    graph.end('1');
    expect(graph.take()).toEqual(['2']);
  });

  it('holds the child of a merge back until both parents end', () => {
    const graph = new ShardGraph();
    graph.addListed([shard('0'), shard('1'), shard('2', '0', '1')]);
    graph.take();
    graph.end('1');
    expect(graph.take()).toEqual([]);
    graph.end('0');
    expect(graph.take()).toEqual(['2']);
  });

  it('counts a parent as ended that has expired, and one that ended in an earlier run', () => {
    const graph = new ShardGraph(['5']);
    graph.addListed([shard('1', '0'), shard('5'), shard('6', '5')]);
    expect(graph.take()).toEqual(['1', '6']);
  });

  it('takes up children that the list does not name yet', () => {
    const graph = new ShardGraph();
    graph.addListed([shard('0')]);
    graph.take();
    graph.end('0');
    graph.addChildren([{ ShardId: '1', ParentShards: ['0'], HashKeyRange: undefined }]);
    expect(graph.take()).toEqual(['1']);
  });
});
