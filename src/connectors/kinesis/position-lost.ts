import { StatefunError } from '../../shared/errors.ts';
import { formatPosition, type ShardPosition } from './shard-position.ts';

/** Creates the error for a committed position that no longer exists. Continuing silently could lose records. */
export function lostPosition(stream: string, shardId: string, position: ShardPosition, cause?: unknown): StatefunError {
  const text = formatPosition(position);
  const summary = `Shard ${shardId} of stream "${stream}" no longer has the committed position ${text}.`;
  return new StatefunError('INGRESS_POSITION_LOST', summary, { facts: { stream, shardId, position: text }, cause });
}

/** Creates the error for a new stream under the name of the one that was read, after a restart of an emulator or a new creation. */
export function replacedStream(stream: string, committed: string, found: string): StatefunError {
  const summary = `Stream "${stream}" was deleted and created again: the committed positions belong to ${committed}, but the stream is ${found}.`;
  return new StatefunError('INGRESS_POSITION_LOST', summary, {
    facts: { stream, committed, found },
    hint: 'Give the ingress another id, so that it starts anew. An emulator forgets its streams when it restarts; remove the state folder with it.',
  });
}
