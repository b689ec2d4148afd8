import type { GetShardIteratorCommandInput } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';

/**
 * The position to continue reading a shard from. It is committed as text:
 *
 *   TRIM_HORIZON | AT_TIMESTAMP:<milliseconds> | SEQ:<number of the last record> | SHARD_END
 *
 * Sequence numbers have up to 129 digits, so they stay strings.
 */
export type ShardPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timeMs: number }
  | { readonly type: 'SEQ'; readonly sequenceNumber: string }
  | { readonly type: 'SHARD_END' };

export const trimHorizon: ShardPosition = { type: 'TRIM_HORIZON' };
export const shardEnd = 'SHARD_END';

export function formatPosition(position: ShardPosition): string {
  switch (position.type) {
    case 'AT_TIMESTAMP':
      return `AT_TIMESTAMP:${position.timeMs}`;
    case 'SEQ':
      return `SEQ:${position.sequenceNumber}`;
    case 'TRIM_HORIZON':
    case 'SHARD_END':
      return position.type;
  }
}

/** Parses a position. Throws INGRESS_POSITION_LOST for any other text, which must come from another kind of source. */
export function parsePosition(shardId: string, text: string): ShardPosition {
  if (text === 'TRIM_HORIZON' || text === 'SHARD_END') return { type: text };
  const [, type, digits = ''] = /^(AT_TIMESTAMP|SEQ):(\d+)$/.exec(text) ?? [];
  if (type === 'AT_TIMESTAMP') return { type, timeMs: Number(digits) };
  if (type === 'SEQ') return { type, sequenceNumber: digits };
  throw new StatefunError('INGRESS_POSITION_LOST', `The committed position "${text}" of shard ${shardId} is not one of a Kinesis shard.`, {
    facts: { shardId, position: text },
  });
}

/** Returns the part of a GetShardIterator request with the position. */
export function iteratorOf(
  position: ShardPosition,
): Pick<GetShardIteratorCommandInput, 'ShardIteratorType' | 'StartingSequenceNumber' | 'Timestamp'> {
  switch (position.type) {
    case 'TRIM_HORIZON':
      return { ShardIteratorType: 'TRIM_HORIZON' };
    case 'AT_TIMESTAMP':
      return { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(position.timeMs) };
    case 'SEQ':
      return { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: position.sequenceNumber };
    case 'SHARD_END':
      throw new Error('statefun invariant broken: a shard that is at its end is not read. Please report this as a bug.');
  }
}
