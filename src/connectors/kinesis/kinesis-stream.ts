import type { KinesisClient, PutRecordsRequestEntry, PutRecordsResultEntry, Shard } from '@aws-sdk/client-kinesis';
import { appendAll } from '../../shared/append-all.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import {
  toIterator,
  toPutResults,
  toRecordPage,
  toShardPage,
  toStreamSummary,
  type RecordPage,
  type StreamSummary,
} from './kinesis-responses.ts';
import { createKinesisClient, loadKinesisSdk, type KinesisSdk } from './kinesis-client.ts';
import { isExpiredToken } from './kinesis-failure.ts';
import type { Environment, KinesisClientOptions, KinesisSender } from './kinesis-connection.ts';
import { iteratorOf, type ShardPosition } from './shard-position.ts';

/** The calls of the Kinesis API that the connectors make for one stream, with checked responses. */
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

  /** Uses the given client, or creates one that `close` closes. */
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

  async describe(signal: AbortSignal): Promise<StreamSummary> {
    const command = new this.#sdk.DescribeStreamSummaryCommand({ StreamName: this.name });
    return toStreamSummary(await this.#client.send(command, { abortSignal: signal }));
  }

  /** Returns all shards that still hold records, open and closed. */
  async listShards(backOff: BackOff): Promise<readonly Shard[]> {
    for (;;) {
      try {
        return await this.#listPages(backOff);
      } catch (error) {
        // The token of the next page expires after minutes, so after a long back-off the list starts again.
        if (!isExpiredToken(error)) throw error;
      }
    }
  }

  async #listPages(backOff: BackOff): Promise<readonly Shard[]> {
    const shards: Shard[] = [];
    let token: string | undefined;
    do {
      // A token must be sent without the stream's name, which it contains.
      const command = new this.#sdk.ListShardsCommand(token === undefined ? { StreamName: this.name } : { NextToken: token });
      const list = async () => toShardPage(await this.#client.send(command, { abortSignal: backOff.signal }));
      const page = await withBackOff('ListShards', list, backOff);
      appendAll(shards, page.shards);
      token = page.nextToken;
    } while (token !== undefined);
    return shards;
  }

  async iterator(shardId: string, position: ShardPosition, signal: AbortSignal): Promise<string> {
    const command = new this.#sdk.GetShardIteratorCommand({ StreamName: this.name, ShardId: shardId, ...iteratorOf(position) });
    return toIterator(await this.#client.send(command, { abortSignal: signal }));
  }

  async read(iterator: string, recordsMax: number, signal: AbortSignal): Promise<RecordPage> {
    const command = new this.#sdk.GetRecordsCommand({ ShardIterator: iterator, Limit: recordsMax });
    return toRecordPage(await this.#client.send(command, { abortSignal: signal }));
  }

  /** Writes entries and returns the results in their order. */
  async put(entries: PutRecordsRequestEntry[], signal: AbortSignal): Promise<readonly PutRecordsResultEntry[]> {
    const command = new this.#sdk.PutRecordsCommand({ StreamName: this.name, Records: entries });
    return toPutResults(await this.#client.send(command, { abortSignal: signal }), entries.length);
  }

  close(): void {
    this.#owned?.destroy();
  }
}
