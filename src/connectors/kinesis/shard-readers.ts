import type { Shard } from '@aws-sdk/client-kinesis';
import { toError } from '../../shared/errors.ts';
import { sleep } from '../../shared/time/sleep.ts';
import { isMissing, toReadError, toUnreadable } from './kinesis-failure.ts';
import { ensureSameStream } from './same-stream.ts';
import { ShardGraph } from './shard-graph.ts';
import { shardEnd, trimHorizon, type ShardPosition } from './shard-position.ts';
import { readShard, type ShardReading } from './read-shard.ts';

export interface ShardReadersOptions extends Omit<ShardReading, 'ensureSameStream'> {
  /** The position of each shard. A missing shard begins at its oldest record. */
  readonly positions: ReadonlyMap<string, ShardPosition>;
  readonly shardDiscoveryIntervalMs: number;
  /** Commits a position after every record of the shard that was delivered before. */
  readonly savePosition: (shardId: string, position: string) => Promise<void>;
  /** Called at most once, never after the signal is aborted. */
  readonly failed: (error: Error) => void;
}

/** Most attempts to list the shards of a stream that can be described but whose shards are not found. */
const listAttemptsMax = 3;

/** Reads the shards of a stream concurrently, one loop each, and parents before their children. */
export class ShardReaders {
  readonly #options: ShardReadersOptions;
  readonly #graph: ShardGraph;
  readonly #loops = new Set<Promise<void>>();
  readonly #reading: ShardReading;
  /** The running check of the stream, shared by all shards. */
  #ensuring: Promise<void> | undefined;
  #hasFailed = false;

  constructor(options: ShardReadersOptions) {
    this.#options = options;
    this.#reading = { ...options, ensureSameStream: () => this.#ensureSameStream() };
    const ended = Array.from(options.positions).filter(([, position]) => position.type === 'SHARD_END');
    this.#graph = new ShardGraph(ended.map(([shardId]) => shardId));
  }

  start(shards: readonly Shard[]): void {
    this.#graph.addListed(shards);
    this.#startReaders();
    this.#run(this.#discoverFromTimeToTime());
  }

  /** Resolves when every loop has ended, after the signal is aborted. */
  async ended(): Promise<void> {
    while (this.#loops.size > 0) await Promise.all(this.#loops);
  }

  #startReaders(): void {
    for (const shardId of this.#graph.take()) this.#run(this.#readToEnd(shardId));
  }

  async #readToEnd(shardId: string): Promise<void> {
    const children = await readShard(shardId, this.#options.positions.get(shardId) ?? trimHorizon, this.#reading);
    await this.#options.savePosition(shardId, shardEnd);
    this.#graph.end(shardId);
    // Listed first: a child of a merge must not start while its other parent is unknown.
    await this.#discover();
    this.#graph.addChildren(children);
    this.#startReaders();
  }

  async #discoverFromTimeToTime(): Promise<void> {
    const { clock, signal } = this.#options.backOff;
    for (;;) {
      await sleep(clock, this.#options.shardDiscoveryIntervalMs, signal);
      await this.#discover();
    }
  }

  async #discover(): Promise<void> {
    this.#graph.addListed(await this.#listShards());
    this.#startReaders();
  }

  async #listShards(): Promise<readonly Shard[]> {
    const { stream, backOff } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await stream.listShards(backOff);
      } catch (error) {
        if (backOff.signal.aborted) throw error;
        if (!isMissing(error)) throw toReadError(error, stream.name);
        await this.#ensureSameStream();
        if (attempt >= listAttemptsMax) throw toUnreadable(error, stream.name);
      }
    }
  }

  #ensureSameStream(): Promise<void> {
    const { stream, streamIdentity, backOff } = this.#options;
    this.#ensuring ??= ensureSameStream(stream, streamIdentity, backOff).finally(() => (this.#ensuring = undefined));
    return this.#ensuring;
  }

  #run(loop: Promise<void>): void {
    const settled = loop.catch((error: unknown) => this.#fail(toError(error))).finally(() => this.#loops.delete(settled));
    this.#loops.add(settled);
  }

  #fail(error: Error): void {
    // After an abort every loop ends with the reason of the abort.
    if (this.#options.backOff.signal.aborted || this.#hasFailed) return;
    this.#hasFailed = true;
    this.#options.failed(error);
  }
}
