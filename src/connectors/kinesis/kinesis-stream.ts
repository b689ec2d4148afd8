import type {
  GetRecordsCommandOutput,
  KinesisClient,
  PutRecordsCommandOutput,
  PutRecordsRequestEntry,
  Shard,
} from '@aws-sdk/client-kinesis';
import { withBackOff, type BackOff } from './back-off.ts';
import { createKinesisClient, loadKinesisSdk, type KinesisSdk } from './kinesis-client.ts';
import { isExpiredToken } from './kinesis-failure.ts';
import type { Environment, KinesisClientOptions, KinesisSender } from './kinesis-connection.ts';
import { iteratorOf, type ShardPosition } from './shard-position.ts';

/** The calls of the Kinesis API that the connectors make, for one stream. */
export class KinesisStream {
  readonly name: string;
  readonly #sdk: KinesisSdk;
  readonly #client: KinesisSender;
  readonly #owned: KinesisClient | undefined;

  private constructor(name: string, sdk: KinesisSdk, client: KinesisSender, owned: KinesisClient | undefined) {
    this.name = name;
    this.#sdk = sdk;
    this.#client = client;
    this.#owned = owned;
  }

  /** Uses the given client, or makes one of its own, which `close` releases. */
  static async open(
    name: string,
    client: KinesisSender | KinesisClientOptions | undefined,
    environment: Environment,
  ): Promise<KinesisStream> {
    const sdk = await loadKinesisSdk();
    if (client !== undefined && 'send' in client) return new KinesisStream(name, sdk, client, undefined);
    const owned = await createKinesisClient(client, environment);
    return new KinesisStream(name, sdk, owned, owned);
  }

  async describe(signal: AbortSignal): Promise<{ arn: string; createdAtMs: number }> {
    const command = new this.#sdk.DescribeStreamSummaryCommand({ StreamName: this.name });
    const summary = (await this.#client.send(command, { abortSignal: signal })).StreamDescriptionSummary;
    return { arn: summary?.StreamARN ?? this.name, createdAtMs: summary?.StreamCreationTimestamp?.getTime() ?? 0 };
  }

  /** All shards that still hold records, open and closed. */
  async listShards(backOff: BackOff): Promise<readonly Shard[]> {
    for (;;) {
      try {
        return await this.#listPages(backOff);
      } catch (error) {
        // The token of the next page lives for minutes; after a long back-off the list starts again.
        if (!isExpiredToken(error)) throw error;
      }
    }
  }

  async #listPages(backOff: BackOff): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let token: string | undefined;
    do {
      // A token must be sent alone: it stands for the stream too.
      const command = new this.#sdk.ListShardsCommand(token === undefined ? { StreamName: this.name } : { NextToken: token });
      const page = await withBackOff('ListShards', () => this.#client.send(command, { abortSignal: backOff.signal }), backOff);
      shards.push(...(page.Shards ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return shards;
  }

  async iterator(shardId: string, position: ShardPosition, signal: AbortSignal): Promise<string> {
    const command = new this.#sdk.GetShardIteratorCommand({ StreamName: this.name, ShardId: shardId, ...iteratorOf(position) });
    const { ShardIterator } = await this.#client.send(command, { abortSignal: signal });
    if (ShardIterator === undefined) throw new Error(`Kinesis gave no iterator for shard ${shardId}`);
    return ShardIterator;
  }

  async read(iterator: string, recordsMax: number, signal: AbortSignal): Promise<GetRecordsCommandOutput> {
    const command = new this.#sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: recordsMax });
    return await this.#client.send(command, { abortSignal: signal });
  }

  async put(entries: PutRecordsRequestEntry[], signal: AbortSignal): Promise<PutRecordsCommandOutput> {
    const command = new this.#sdk.PutRecordsCommand({ StreamName: this.name, Records: entries });
    return await this.#client.send(command, { abortSignal: signal });
  }

  close(): void {
    this.#owned?.destroy();
  }
}
