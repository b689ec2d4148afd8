import type { ChildShard, Shard } from '@aws-sdk/client-kinesis';

interface Known {
  readonly parents: readonly string[];
  state: 'waiting' | 'reading' | 'ended';
}

/**
 * Which shards may be read. A split or a merge closes parents and opens children; the records of a key go on in a child.
 *
 * G1. A shard is given out once.
 * G2. A child is given out only when every parent that the stream still lists, or that was listed before, is at its end: so the records
 *     of a key stay in order. A parent that was never listed has expired and counts as ended.
 */
export class ShardGraph {
  readonly #shards = new Map<string, Known>();

  constructor(endedShardIds: Iterable<string> = []) {
    for (const shardId of endedShardIds) this.#shards.set(shardId, { parents: [], state: 'ended' });
  }

  /** Takes up shards of ListShards; those already known are left alone. */
  addListed(shards: readonly Shard[]): void {
    for (const shard of shards) this.#add(shard.ShardId, [shard.ParentShardId, shard.AdjacentParentShardId]);
  }

  /** Takes up what GetRecords names at the end of a parent. */
  addChildren(children: readonly ChildShard[]): void {
    for (const child of children) this.#add(child.ShardId, child.ParentShards ?? []);
  }

  end(shardId: string): void {
    const known = this.#shards.get(shardId);
    if (known !== undefined) known.state = 'ended';
  }

  /** The shards that may be read from now on. */
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
