import type { _Record, ChildShard } from '@aws-sdk/client-kinesis';
import { StatefunError } from '../../shared/errors.ts';
import { sleep } from '../../shared/sleep.ts';
import type { IngressRecord } from '../../ingress/ingress.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import type { RecordPage } from './kinesis-answers.ts';
import { isExpiredIterator, isMissing, isRefused, toReadError } from './kinesis-failure.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import { formatPosition, type ShardPosition } from './shard-position.ts';

/** What all readers of one stream share. */
export interface ShardReading {
  readonly stream: KinesisStream;
  /** Resolves when there is room for more records. */
  readonly deliver: (records: readonly IngressRecord[]) => Promise<void>;
  readonly backOff: BackOff;
  readonly pollIntervalMs: number;
  readonly recordsPerReadMax: number;
  /** Names the stream for ever: its ARN and when it was created. */
  readonly streamIdentity: string;
}

/** Reads a shard from the position to its end and delivers what it reads; answers with the shards that go on from there. */
export async function readShard(shardId: string, from: ShardPosition, reading: ShardReading): Promise<readonly ChildShard[]> {
  const { clock, signal } = reading.backOff;
  let position = from;
  let iterator = await openIterator(shardId, position, reading);
  for (;;) {
    const readAt = clock.now();
    const page = await readPage(shardId, iterator, reading);
    if (page === undefined) {
      // Not the committed position: everything read so far has been delivered, and going back would deliver it again.
      iterator = await openIterator(shardId, position, reading);
    } else {
      const records = page.records.map((record) => toIngressRecord(shardId, record, reading.streamIdentity));
      const last = page.records.at(-1)?.SequenceNumber;
      if (last !== undefined) position = { type: 'SEQ', sequenceNumber: last };
      if (records.length > 0) await reading.deliver(records);
      // Only the missing iterator says that the shard is at its end: an empty page does not.
      if (page.nextIterator === undefined) return page.children;
      iterator = page.nextIterator;
    }
    await sleep(clock, Math.max(0, readAt + reading.pollIntervalMs - clock.now()), signal);
  }
}

/** Undefined when the iterator has expired: it lives for five minutes, and back-pressure may last longer. */
async function readPage(shardId: string, iterator: string, reading: ShardReading): Promise<RecordPage | undefined> {
  const { stream, backOff, recordsPerReadMax } = reading;
  try {
    return await withBackOff(`GetRecords of ${shardId}`, () => stream.read(iterator, recordsPerReadMax, backOff.signal), backOff);
  } catch (error) {
    if (isExpiredIterator(error)) return undefined;
    throw backOff.signal.aborted ? error : toReadError(error, stream.name);
  }
}

async function openIterator(shardId: string, position: ShardPosition, { stream, backOff }: ShardReading): Promise<string> {
  try {
    return await withBackOff(`GetShardIterator of ${shardId}`, () => stream.iterator(shardId, position, backOff.signal), backOff);
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    // AWS refuses a sequence number it no longer has; emulators say that it is missing.
    if (position.type === 'SEQ' && (isRefused(error) || isMissing(error))) throw lostPosition(stream.name, shardId, position, error);
    throw toReadError(error, stream.name);
  }
}

function toIngressRecord(shardId: string, record: _Record, streamIdentity: string): IngressRecord {
  const sequenceNumber = record.SequenceNumber ?? '';
  return {
    partition: shardId,
    position: formatPosition({ type: 'SEQ', sequenceNumber }),
    identity: `${streamIdentity}/${shardId}/${sequenceNumber}`,
    data: record.Data ?? new Uint8Array(),
    ...(record.PartitionKey === undefined ? {} : { key: record.PartitionKey }),
  };
}

/** Records after the committed position may be gone: going on silently would lose them. */
export function lostPosition(stream: string, shardId: string, position: ShardPosition, cause?: unknown): StatefunError {
  const text = formatPosition(position);
  return new StatefunError(
    'INGRESS_POSITION_LOST',
    `Shard ${shardId} of stream "${stream}" no longer has the committed position ${text}.`,
    {
      facts: { stream, shardId, position: text },
      cause,
    },
  );
}
