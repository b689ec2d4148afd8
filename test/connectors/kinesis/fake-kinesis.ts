import type { Shard } from '@aws-sdk/client-kinesis';
import type { KinesisSender } from '../../../src/connectors/kinesis/kinesis-connection.ts';
import type { Clock } from '../../../src/shared/time/clock.ts';

interface FakeRecord {
  readonly SequenceNumber: string;
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
  readonly ApproximateArrivalTimestamp: Date;
}

interface FakeShard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly records: FakeRecord[];
  children: string[];
}

export interface FakeCall {
  readonly operation: string;
  // The inputs of the operations differ; a test knows which it looks at.
  readonly input: Readonly<Record<string, unknown>>;
}

type Input = Readonly<Record<string, string & number & Date & readonly { PartitionKey: string; Data: Uint8Array }[]>>;

const iteratorLifeMs = 300_000;
const pageShardsMax = 2;

/**
 * Kinesis as the connectors see it, in memory: one stream, its iterators expire by the clock, and calls fail as a test asks.
 * Records go to the open shard that the test names, or to the first one.
 */
export class FakeKinesis {
  readonly streamName: string;
  readonly calls: FakeCall[] = [];
  readonly #clock: Clock;
  readonly #shards = new Map<string, FakeShard>();
  readonly #iterators = new Map<string, { shardId: string; index: number; expiresAt: number; isForgotten?: boolean }>();
  readonly #failures = new Map<string, Error[]>();
  /** Decides about single records of PutRecords: an error code, or undefined to take the record. */
  entryFailure: (key: string, text: string) => string | undefined = () => undefined;
  /** Most records of one GetRecords answer. */
  pageRecordsMax = 10;
  createdAt: Date;
  /** The stream does not exist, for as long as a test says so. */
  isMissing = false;
  /** The first numbers are beyond what a JavaScript number can tell apart. */
  #lastSequenceNumber = 49_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000n;
  #iteratorCount = 0;

  constructor(clock: Clock, streamName: string, shardIds: readonly string[] = ['shardId-0']) {
    this.#clock = clock;
    this.streamName = streamName;
    this.createdAt = new Date(clock.now() - 1_000);
    for (const id of shardIds) this.addShard(id, []);
  }

  /** What the connectors take as `client`. */
  get client(): KinesisSender {
    const send = (command: { input: unknown; constructor: { name: string } }, options?: { abortSignal?: AbortSignal }) =>
      this.#send(command.constructor.name.replace(/Command$/, ''), command.input as Input, options?.abortSignal);
    // The fake answers the five operations that the connectors use.
    return { send } as unknown as KinesisSender;
  }

  addShard(id: string, parents: readonly string[]): void {
    this.#shards.set(id, { id, parents, records: [], children: [] });
    for (const parent of parents) this.#shards.get(parent)?.children.push(id);
  }

  /** Closes the shard; its records go on in the children. */
  split(parent: string, children: readonly string[]): void {
    for (const child of children) this.addShard(child, [parent]);
  }

  merge(parents: readonly [string, string], child: string): void {
    this.addShard(child, parents);
  }

  /** The shard expires: it is listed no more. */
  expireShard(id: string): void {
    this.#shards.delete(id);
  }

  /** The oldest records of the shard are older than the retention. */
  trim(shardId: string, count: number): void {
    this.#shard(shardId).records.splice(0, count);
  }

  write(texts: readonly string[], shardId?: string, key = 'key'): void {
    const shard =
      shardId === undefined ? Array.from(this.#shards.values()).find((candidate) => candidate.children.length === 0) : this.#shard(shardId);
    for (const text of texts) if (shard !== undefined) this.#append(shard, key, Buffer.from(text));
  }

  /** All records, in the order they were taken. */
  get texts(): readonly string[] {
    const records = Array.from(this.#shards.values(), (shard) => shard.records).flat();
    records.sort((a, b) => (BigInt(a.SequenceNumber) < BigInt(b.SequenceNumber) ? -1 : 1));
    return records.map((record) => Buffer.from(record.Data).toString('utf8'));
  }

  /** Answers to iterators that were given out before as an emulator does that was started again: it does not know them. */
  forgetIterators(): void {
    for (const iterator of this.#iterators.values()) iterator.isForgotten = true;
  }

  /** The next calls of the operation fail, in this order; `undefined` lets one pass. */
  failNext(operation: string, ...errors: Error[]): void {
    this.#failures.set(operation, [...(this.#failures.get(operation) ?? []), ...errors]);
  }

  callsOf(operation: string): readonly FakeCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  async #send(operation: string, input: Input, signal: AbortSignal | undefined): Promise<unknown> {
    this.calls.push({ operation, input });
    await Promise.resolve();
    signal?.throwIfAborted();
    const failure = this.#failures.get(operation)?.shift();
    if (failure !== undefined) throw failure;
    if (this.isMissing) throw kinesisError('ResourceNotFoundException');
    if (operation !== 'GetRecords' && input['StreamName'] !== undefined && input['StreamName'] !== this.streamName) {
      throw kinesisError('ResourceNotFoundException');
    }
    switch (operation) {
      case 'DescribeStreamSummary':
        return { StreamDescriptionSummary: { StreamARN: `arn:fake:${this.streamName}`, StreamCreationTimestamp: this.createdAt } };
      case 'ListShards':
        return this.#listShards(input['NextToken']);
      case 'GetShardIterator':
        return { ShardIterator: this.#openIterator(input) };
      case 'GetRecords':
        return this.#getRecords(String(input['ShardIterator']), Number(input['Limit']));
      case 'PutRecords':
        return this.#putRecords(input['Records'] ?? []);
      default:
        throw new Error(`the fake Kinesis has no ${operation}`);
    }
  }

  #listShards(token: string | undefined): { Shards: Shard[]; NextToken?: string } {
    const start = Number(token ?? 0);
    const shards = Array.from(this.#shards.values(), ({ id, parents }): Shard => {
      const [first, second] = parents;
      return {
        ShardId: id,
        HashKeyRange: undefined,
        SequenceNumberRange: undefined,
        ...(first === undefined ? {} : { ParentShardId: first }),
        ...(second === undefined ? {} : { AdjacentParentShardId: second }),
      };
    });
    const end = start + pageShardsMax;
    return { Shards: shards.slice(start, end), ...(end < shards.length ? { NextToken: String(end) } : {}) };
  }

  #openIterator(input: Input): string {
    const shard = this.#shard(String(input['ShardId']));
    switch (String(input['ShardIteratorType'])) {
      case 'TRIM_HORIZON':
        return this.#newIterator(shard.id, 0);
      case 'AT_TIMESTAMP': {
        const time = Number(input['Timestamp']);
        if (time > this.#clock.now()) throw kinesisError('InvalidArgumentException');
        const index = shard.records.findIndex((record) => record.ApproximateArrivalTimestamp.getTime() >= time);
        return this.#newIterator(shard.id, index === -1 ? shard.records.length : index);
      }
      case 'AFTER_SEQUENCE_NUMBER': {
        const index = shard.records.findIndex((record) => record.SequenceNumber === input['StartingSequenceNumber']);
        if (index === -1) throw kinesisError('InvalidArgumentException');
        return this.#newIterator(shard.id, index + 1);
      }
      default:
        throw new Error(`the fake Kinesis has no iterator of type ${String(input['ShardIteratorType'])}`);
    }
  }

  #newIterator(shardId: string, index: number): string {
    this.#iteratorCount += 1;
    const token = `iterator-${this.#iteratorCount}`;
    this.#iterators.set(token, { shardId, index, expiresAt: this.#clock.now() + iteratorLifeMs });
    return token;
  }

  #getRecords(token: string, limit: number): Record<string, unknown> {
    const iterator = this.#iterators.get(token);
    if (iterator?.isForgotten === true) throw kinesisError('ResourceNotFoundException');
    if (iterator === undefined || iterator.expiresAt < this.#clock.now()) throw kinesisError('ExpiredIteratorException');
    const shard = this.#shard(iterator.shardId);
    const records = shard.records.slice(iterator.index, iterator.index + Math.min(limit, this.pageRecordsMax));
    const next = iterator.index + records.length;
    // As Kinesis does, the end of a shard is told with an empty page of its own.
    if (shard.children.length === 0 || records.length > 0)
      return { Records: records, NextShardIterator: this.#newIterator(shard.id, next) };
    const children = shard.children.map((id) => ({ ShardId: id, ParentShards: this.#shard(id).parents, HashKeyRange: undefined }));
    return { Records: records, ChildShards: children };
  }

  #putRecords(entries: readonly { PartitionKey: string; Data: Uint8Array }[]): Record<string, unknown> {
    const shard = Array.from(this.#shards.values())[0];
    const results = entries.map(({ PartitionKey, Data }) => {
      const code = this.entryFailure(PartitionKey, Buffer.from(Data).toString('utf8'));
      if (code !== undefined || shard === undefined) return { ErrorCode: code, ErrorMessage: 'as the test asks' };
      return { SequenceNumber: this.#append(shard, PartitionKey, Data), ShardId: shard.id };
    });
    return { FailedRecordCount: results.filter((result) => 'ErrorCode' in result).length, Records: results };
  }

  #append(shard: FakeShard, key: string, data: Uint8Array): string {
    this.#lastSequenceNumber += 1n;
    const SequenceNumber = this.#lastSequenceNumber.toString();
    shard.records.push({ SequenceNumber, PartitionKey: key, Data: data, ApproximateArrivalTimestamp: new Date(this.#clock.now()) });
    return SequenceNumber;
  }

  #shard(id: string): FakeShard {
    const shard = this.#shards.get(id);
    if (shard === undefined) throw kinesisError('ResourceNotFoundException');
    return shard;
  }
}

/** An error as the SDK throws it for an answer of Kinesis. */
export function kinesisError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(`${name} of the fake Kinesis`), { name, $metadata: { httpStatusCode } });
}

/** An error as Node throws it when the network fails. */
export function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}
