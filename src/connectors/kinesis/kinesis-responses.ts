import type {
  _Record,
  ChildShard,
  DescribeStreamSummaryCommandOutput,
  GetRecordsCommandOutput,
  GetShardIteratorCommandOutput,
  ListShardsCommandOutput,
  PutRecordsCommandOutput,
  PutRecordsResultEntry,
  Shard,
} from '@aws-sdk/client-kinesis';
import { unreadableResponse } from './kinesis-failure.ts';

/*
 * Checks the outputs of the SDK. A proxy, a captive portal or a starting server may respond with status 200 and no body, or with other JSON;
 * the SDK returns that as an output without fields. It would mean that a shard has ended, that a stream has no shards, or that it is another
 * stream, and records would be lost. Such a call is retried instead.
 */

/** The facts that distinguish a stream from one of the same name created later. */
export interface StreamSummary {
  readonly arn: string;
  readonly createdAtMs: number;
}

/** Returns the identity of a stream. A stream that was deleted and created again has another identity. */
export function identityOf({ arn, createdAtMs }: StreamSummary): string {
  return `${arn}@${createdAtMs}`;
}

export interface RecordPage {
  readonly records: readonly _Record[];
  /** The iterator of the next read; undefined at the end of the shard. */
  readonly nextIterator: string | undefined;
  /** The shards that continue this one, at its end. */
  readonly children: readonly ChildShard[];
}

export interface ShardPage {
  readonly shards: readonly Shard[];
  readonly nextToken: string | undefined;
}

export function toStreamSummary({ StreamDescriptionSummary: summary }: DescribeStreamSummaryCommandOutput): StreamSummary {
  if (typeof summary?.StreamARN !== 'string') throw unreadableResponse('DescribeStreamSummary', 'StreamARN');
  return { arn: summary.StreamARN, createdAtMs: summary.StreamCreationTimestamp?.getTime() ?? 0 };
}

export function toShardPage({ Shards, NextToken }: ListShardsCommandOutput): ShardPage {
  if (!Array.isArray(Shards) || !Shards.every(isShard)) throw unreadableResponse('ListShards', 'Shards');
  return { shards: Shards, nextToken: textOf('ListShards', 'NextToken', NextToken) };
}

export function toIterator({ ShardIterator }: GetShardIteratorCommandOutput): string {
  if (typeof ShardIterator !== 'string') throw unreadableResponse('GetShardIterator', 'ShardIterator');
  return ShardIterator;
}

export function toRecordPage({ Records, NextShardIterator, ChildShards }: GetRecordsCommandOutput): RecordPage {
  if (!Array.isArray(Records) || !Records.every(isRecord)) throw unreadableResponse('GetRecords', 'Records');
  // Present only at the end of a shard.
  const children: unknown = ChildShards ?? [];
  if (!Array.isArray(children) || !children.every(isShard)) throw unreadableResponse('GetRecords', 'ChildShards');
  return { records: Records, nextIterator: textOf('GetRecords', 'NextShardIterator', NextShardIterator), children };
}

/** Returns the results in the order of the request, one for each record. */
export function toPutResults({ Records }: PutRecordsCommandOutput, count: number): readonly PutRecordsResultEntry[] {
  if (!Array.isArray(Records) || Records.length !== count || !Records.every(isObject)) throw unreadableResponse('PutRecords', 'Records');
  return Records;
}

function textOf(operation: string, field: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  throw unreadableResponse(operation, field);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isShard(value: unknown): value is Shard & ChildShard {
  return isObject(value) && 'ShardId' in value && typeof value.ShardId === 'string';
}

function isRecord(value: unknown): value is _Record {
  return isObject(value) && 'SequenceNumber' in value && typeof value.SequenceNumber === 'string' && /^\d+$/.test(value.SequenceNumber);
}
