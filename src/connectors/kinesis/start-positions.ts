import type { Shard } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import type { IngressContext } from '../../ingress/ingress.ts';
import { lostPosition, replacedStream } from './position-lost.ts';
import { formatPosition, parsePosition, type ShardPosition } from './shard-position.ts';

/** Where an ingress begins that has never read its stream. */
export type KinesisStart = 'TRIM_HORIZON' | 'LATEST' | { readonly at: Date | string };

/** The partition whose position says which stream the positions of the shards belong to. No shard is called so. */
const streamPartition = 'stream';

export interface OpenedStream {
  readonly name: string;
  /** ARN and creation time: a stream that was deleted and created again has another one. */
  readonly identity: string;
  readonly shards: readonly Shard[];
}

/**
 * Where reading each shard goes on; a shard that is missing in the answer begins at its oldest record.
 *
 * At the first start the start position is resolved to a time and committed before anything is read, for every shard there is: otherwise
 * a crash before the first commit would move "latest" to a later time, and what arrived in between would be lost. The partition "stream"
 * is committed last; as long as it is missing nothing has been read. Shards that appear later are children and are read whole.
 */
export async function resolveStartPositions(
  stream: OpenedStream,
  start: KinesisStart,
  context: IngressContext,
): Promise<ReadonlyMap<string, ShardPosition>> {
  const committed = context.positions.get(streamPartition);
  if (committed !== undefined) return committedPositions(stream, committed, context.positions);
  const position = resolveStart(start, context.clock.now());
  const positions = new Map<string, ShardPosition>();
  if (position.type !== 'TRIM_HORIZON') {
    for (const { ShardId } of stream.shards) if (ShardId !== undefined) positions.set(ShardId, position);
    await Promise.all(Array.from(positions.keys(), (shardId) => context.savePosition(shardId, formatPosition(position))));
  }
  await context.savePosition(streamPartition, stream.identity);
  return positions;
}

function committedPositions(
  stream: OpenedStream,
  committed: string,
  texts: ReadonlyMap<string, string>,
): ReadonlyMap<string, ShardPosition> {
  if (committed !== stream.identity) throw replacedStream(stream.name, committed, stream.identity);
  const listed = new Set(stream.shards.map((shard) => shard.ShardId));
  const positions = new Map<string, ShardPosition>();
  for (const [shardId, text] of texts) {
    if (shardId === streamPartition) continue;
    const position = parsePosition(shardId, text);
    if (position.type !== 'SHARD_END' && !listed.has(shardId)) throw lostPosition(stream.name, shardId, position);
    positions.set(shardId, position);
  }
  return positions;
}

/** "Latest" becomes a time: an iterator of type LATEST starts anew whenever it expires, and what came in between would be lost. */
export function resolveStart(start: KinesisStart, nowMs: number): ShardPosition {
  if (start === 'TRIM_HORIZON') return { type: 'TRIM_HORIZON' };
  if (start === 'LATEST') return { type: 'AT_TIMESTAMP', timeMs: nowMs };
  const timeMs = new Date(start.at).getTime();
  if (Number.isFinite(timeMs) && timeMs >= 0 && timeMs <= nowMs) return { type: 'AT_TIMESTAMP', timeMs };
  const what = Number.isNaN(timeMs) ? 'is no time' : 'lies in the future or before 1970';
  throw new StatefunError('KINESIS_START_INVALID', `The start { at: ${String(start.at)} } ${what}.`, { facts: { start } });
}
