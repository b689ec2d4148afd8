import type { _Record, ChildShard } from '@aws-sdk/client-kinesis';
import { sleep } from '../../shared/time/sleep.ts';
import type { IngressRecord } from '../../ingress/ingress.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import type { RecordPage } from './kinesis-responses.ts';
import { isExpiredIterator, isMissing, isRefused, toReadError, toUnreadable } from './kinesis-failure.ts';
import type { KinesisStream } from './kinesis-stream.ts';
import { lostPosition } from './position-lost.ts';
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
  /** Resolves when "not found" does not mean the stream, which is there and is the same; rejects when it does. */
  readonly ensureSameStream: () => Promise<void>;
}

/** An iterator that is refused as often as this right after it was made is not merely forgotten. */
const forgottenIteratorsMax = 3;

/** Reads a shard from the position to its end and delivers what it reads; answers with the shards that go on from there. */
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
      // Not the committed position: everything read so far has been delivered, and going back would deliver it again.
      iterator = await openIterator(shardId, position, reading);
    } else {
      forgottenIterators = 0;
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

/**
 * Undefined when another iterator is needed: this one has expired (it lives for five minutes, and back-pressure may last longer), or it was
 * forgotten by an emulator that was started again.
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
    backOff.logger.warn('Kinesis no longer knows the iterator of a shard, reading on with another one', { shard: shardId });
    return undefined;
  }
}

async function openIterator(shardId: string, position: ShardPosition, reading: ShardReading): Promise<string> {
  const { stream, backOff } = reading;
  try {
    return await withBackOff(`GetShardIterator of ${shardId}`, () => stream.iterator(shardId, position, backOff.signal), backOff);
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    // AWS refuses a sequence number it no longer has; emulators say that it is missing, which may mean the shard or the stream as well.
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
