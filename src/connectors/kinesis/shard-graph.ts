import type { ChildShard, Shard } from '@aws-sdk/client-kinesis';

interface Known {
  readonly parents: readonly string[];
  state: 'waiting' | 'reading' | 'ended';
}

/**
 * Decides which shards may be read. A split or merge closes parents and opens children; later records of a key are in a child.
 *
 * KINESIS-G1. A shard is returned once.
 * KINESIS-G2. A child is returned only when every parent that the stream lists, or has listed before, is at its end, so the records of a key stay in
 *     order. A parent that was never listed has expired and counts as ended.
 */
export class ShardGraph {
  readonly #shards = new Map<string, Known>();

  constructor(endedShardIds: Iterable<string> = []) {
    for (const shardId of endedShardIds) this.#shards.set(shardId, { parents: [], state: 'ended' });
  }

  /** Adds shards of ListShards; known ones stay unchanged. */
  addListed(shards: readonly Shard[]): void {
    for (const shard of shards) this.#add(shard.ShardId, [shard.ParentShardId, shard.AdjacentParentShardId]);
  }

  /** Adds the children that GetRecords returns at the end of a parent. */
  addChildren(children: readonly ChildShard[]): void {
    for (const child of children) this.#add(child.ShardId, child.ParentShards ?? []);
  }

  end(shardId: string): void {
    const known = this.#shards.get(shardId);
    if (known !== undefined) known.state = 'ended';
  }

  /** Returns the shards that may be read from now on. */
  take(): readonly string[] {
    const taken: string[] = [];
    for (const [shardId, known] of this.#shards) {
      if (known.state !== 'waiting' || !known.parents.every((parent) => this.#isEnded(parent))) continue;
      known.state = 'reading';
      taken.push(shardId);
    }
    return taken;
  }

  #add(shardId: string | undefined, parents: readonly (string | undefined)[]): void {
    if (shardId === undefined || this.#shards.has(shardId)) return;
    this.#shards.set(shardId, { parents: parents.filter((parent) => parent !== undefined), state: 'waiting' });
  }

  #isEnded(shardId: string): boolean {
    const known = this.#shards.get(shardId);
    return known === undefined || known.state === 'ended';
  }
}
