import type { Shard } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import type { IngressContext } from '../../ingress/ingress.ts';
import { lostPosition, replacedStream } from './position-lost.ts';
import { formatPosition, parsePosition, type ShardPosition } from './shard-position.ts';

/** Where an ingress begins to read a stream for the first time: the oldest record, new records only, or records from a time on. */
export type KinesisStart = 'TRIM_HORIZON' | 'LATEST' | { readonly at: Date | string };

/** The partition whose position is the identity of the stream. No shard has this name. */
const streamPartition = 'stream';

export interface OpenedStream {
  readonly name: string;
  /** ARN and creation time. A stream that was deleted and created again has another identity. */
  readonly identity: string;
  readonly shards: readonly Shard[];
}

/**
 * Returns the position of each shard. A shard that is missing in the result begins at its oldest record.
 *
 * At the first start, the start position is resolved to a time and committed for every shard before anything is read. Otherwise a crash before
 * the first commit would move "latest" to a later time, and records in between would be lost. The partition "stream" is committed last; while
 * it is missing, nothing has been read. Shards that appear later are children and are read from their beginning.
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

/** Resolves "latest" to a time: an iterator of type LATEST moves on whenever it expires, and records in between would be lost. */
export function resolveStart(start: KinesisStart, nowMs: number): ShardPosition {
  if (start === 'TRIM_HORIZON') return { type: 'TRIM_HORIZON' };
  if (start === 'LATEST') return { type: 'AT_TIMESTAMP', timeMs: nowMs };
  const timeMs = new Date(start.at).getTime();
  if (Number.isFinite(timeMs) && timeMs >= 0 && timeMs <= nowMs) return { type: 'AT_TIMESTAMP', timeMs };
  const what = Number.isNaN(timeMs) ? 'is no time' : 'lies in the future or before 1970';
  throw new StatefunError('KINESIS_START_INVALID', `The start { at: ${String(start.at)} } ${what}.`, { facts: { start } });
}
