import { setTimeout } from 'node:timers/promises';
import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';

/** Kinesis allows five reads a second for each shard. */
const pollIntervalMs = 200;
const shardId = 'shardId-000000000000';

/** Reads a stream of one shard, from its beginning until it is stopped. */
export class StreamReader {
  readonly #client: KinesisClient;
  readonly #stopping = new AbortController();
  readonly #records: string[] = [];
  /** Rejects when reading fails; resolves when the reader has been stopped. */
  readonly ended: Promise<void>;
  #failure: Error | undefined;

  constructor(client: KinesisClient, stream: string, onRecord: (text: string) => void) {
    this.#client = client;
    this.ended = this.#read(stream, onRecord).catch((error: unknown) => {
      if (this.#stopping.signal.aborted) return;
      this.#failure = new Error(`cannot read ${stream}`, { cause: error });
      throw this.#failure;
    });
    // The getter of the records throws the failure, too: nobody has to await this promise.
    this.ended.catch(() => undefined);
  }

  /** What has been read. Throws what reading failed with. */
  get records(): readonly string[] {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#records;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.ended.catch(() => undefined);
  }

  async #read(stream: string, onRecord: (text: string) => void): Promise<void> {
    const { signal } = this.#stopping;
    const oldest = new GetShardIteratorCommand({ StreamName: stream, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' });
    let iterator = (await this.#client.send(oldest, { abortSignal: signal })).ShardIterator;
    while (iterator !== undefined) {
      const page = await this.#client.send(new GetRecordsCommand({ ShardIterator: iterator }), { abortSignal: signal });
      for (const { Data: data } of page.Records ?? []) {
        const text = new TextDecoder().decode(data);
        this.#records.push(text);
        onRecord(text);
      }
      iterator = page.NextShardIterator;
      await setTimeout(pollIntervalMs, undefined, { signal });
    }
  }
}
