import type { _Record, ChildShard } from '@aws-sdk/client-kinesis';
import { sleep } from '../../shared/time/sleep.ts';
import type { IngressRecord } from '../../ingress/ingress.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import type { RecordPage } from './kinesis-responses.ts';
import { isExpiredIterator, isMissing, isRefused, toReadError, toUnreadable } from './kinesis-failure.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import { lostPosition } from './position-lost.ts';
import { formatPosition, type ShardPosition } from './shard-position.ts';

/** Options that all readers of one stream share. */
export interface ShardReading {
  readonly stream: KinesisStream;
  /** Resolves when there is room for more records. */
  readonly deliver: (records: readonly IngressRecord[]) => Promise<void>;
  readonly backOff: BackOff;
  readonly pollIntervalMs: number;
  readonly recordsPerReadMax: number;
  /** The identity of the stream: its ARN and creation time. */
  readonly streamIdentity: string;
  /** Checks the stream after "not found". Resolves if it exists and is the same, else rejects. */
  readonly ensureSameStream: () => Promise<void>;
}

/** Most new iterators in a row that the emulator may forget before reading fails. */
const forgottenIteratorsMax = 3;

/** Reads a shard from a position to its end and delivers its records. Returns the shards that continue it. */
export async function readShard(shardId: string, from: ShardPosition, reading: ShardReading): Promise<readonly ChildShard[]> {
  const { clock, signal } = reading.backOff;
  let position = from;
  let iterator = await openIterator(shardId, position, reading);
  let forgottenIterators = 0;
  for (;;) {
    const readAt = clock.now();
    const page = await readPage(shardId, iterator, forgottenIterators < forgottenIteratorsMax, reading);
    if (page === undefined) {
      forgottenIterators += 1;
      // Not the committed position: records read so far have been delivered, and would be delivered again.
      iterator = await openIterator(shardId, position, reading);
    } else {
      forgottenIterators = 0;
      const records = page.records.map((record) => toIngressRecord(shardId, record, reading.streamIdentity));
      const last = page.records.at(-1)?.SequenceNumber;
      if (last !== undefined) position = { type: 'SEQ', sequenceNumber: last };
      if (records.length > 0) await reading.deliver(records);
      // Only a missing iterator marks the end of a shard; an empty page does not.
      if (page.nextIterator === undefined) return page.children;
      iterator = page.nextIterator;
    }
    await sleep(clock, Math.max(0, readAt + reading.pollIntervalMs - clock.now()), signal);
  }
}

/**
 * Reads one page. Returns undefined if another iterator is needed: it has expired (after five minutes, and back-pressure may last longer), or
 * a restarted emulator has forgotten it.
 */
async function readPage(
  shardId: string,
  iterator: string,
  mayBeForgotten: boolean,
  reading: ShardReading,
): Promise<RecordPage | undefined> {
  const { stream, backOff, recordsPerReadMax } = reading;
  try {
    return await withBackOff(`GetRecords of ${shardId}`, () => stream.read(iterator, recordsPerReadMax, backOff.signal), backOff);
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    if (isExpiredIterator(error)) return undefined;
    if (!isMissing(error)) throw toReadError(error, stream.name);
    await reading.ensureSameStream();
    if (!mayBeForgotten) throw toUnreadable(error, stream.name);
    backOff.logger.warn('Kinesis no longer knows the iterator of a shard; continuing with a new one', { shard: shardId });
    return undefined;
  }
}

async function openIterator(shardId: string, position: ShardPosition, reading: ShardReading): Promise<string> {
  const { stream, backOff } = reading;
  try {
    return await withBackOff(`GetShardIterator of ${shardId}`, () => stream.iterator(shardId, position, backOff.signal), backOff);
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    // AWS refuses a sequence number it no longer has. Emulators report "not found", which may mean the shard or the stream as well.
    if (isMissing(error)) await reading.ensureSameStream();
    if (isMissing(error) || (position.type === 'SEQ' && isRefused(error))) throw lostPosition(stream.name, shardId, position, error);
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
