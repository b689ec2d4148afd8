import { untilAborted } from '../../shared/time/sleep.ts';
import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import type { ClusterIngress, Ingress, IngressContext } from '../../ingress/ingress.ts';
import type { RecordFormat } from '../../ingress/ingress.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import { ensureInRange } from './ensure-in-range.ts';
import { resolveStreamName, type Environment, type KinesisClientOptions, type KinesisSender } from './kinesis-connection.ts';
import { identityOf } from './kinesis-responses.ts';
import { clusterIngress } from './kinesis-cluster.ts';
import { configureIngress, kinesisDefaults } from './kinesis-settings.ts';
import { KinesisStream } from './kinesis-stream.ts';
import { ShardReaders } from './shard-readers.ts';
import { startTimeoutMsDefault, whileStarting } from './start-timeout.ts';
import { resolveStartPositions, type KinesisStart, type OpenedStream } from './start-positions.ts';

export interface KinesisIngressOptions {
  /** The stream to read. The setting `kinesis.ingress-stream`, where there is one, wins; so do settings with the names of other options. */
  readonly stream?: string;
  /** Unique in the application; positions are kept under it, so it must not change. @defaultValue `kinesis:` and the stream named in code */
  readonly id?: string;
  /** Where the very first run begins; later runs go on where the last commit ended. @defaultValue `'TRIM_HORIZON'`, the oldest record */
  readonly start?: KinesisStart;
  /** A client, or how to make one. @defaultValue from the environment, see KinesisClientOptions */
  readonly client?: KinesisSender | KinesisClientOptions;
  /**
   * Most records of one read, 1 to 10,000. More need more memory for every shard; fewer are slower to catch up.
   *
   * @defaultValue 2,000: twice what a shard takes in a second, read up to four times a second
   */
  readonly recordsPerReadMax?: number;
  /**
   * Time between two reads of a shard, at least 200 ms: Kinesis allows a shard five reads a second, shared by all its readers.
   * Longer costs latency, shorter takes reads away from other readers.
   *
   * @defaultValue `250`
   */
  readonly pollIntervalMs?: number;
  /** Time between two looks for shards that appeared otherwise than at the end of their parent. @defaultValue `120_000` */
  readonly shardDiscoveryIntervalMs?: number;
  /**
   * How long the start may wait for Kinesis to answer. Longer is patient with what starts alongside; shorter shows a wrong endpoint sooner.
   * Once started, outages are waited out however long they take. @defaultValue `10_000`
   */
  readonly startTimeoutMs?: number;
  /** How records become events. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
  /** Names the messages of a record itself: see Ingress. */
  readonly route?: NonNullable<Ingress['route']>;
}

/**
 * Reads a Kinesis stream by polling all its shards. Records of a shard, and of a partition key across splits and merges, arrive in order.
 *
 * Nothing is read, not even the environment, before the application starts. Throttling, failures of the service and of the network, and
 * answers that cannot be read are waited out; KINESIS_STREAM_MISSING, KINESIS_READ_FAILED and INGRESS_POSITION_LOST (the committed
 * position is older than what the stream keeps, or the stream was created again) stop the engine.
 */
export function kinesisIngress(options: KinesisIngressOptions = {}): Ingress {
  return new KinesisIngress(options);
}

const streamVariable = 'EVENTS_INGRESS_STREAM_DEFAULT';

/** @internal The class behind `kinesisIngress`; `random` spreads the waits of the back-off. */
export class KinesisIngress implements Ingress {
  readonly id: string;
  readonly format?: RecordFormat;
  readonly route?: NonNullable<Ingress['route']>;
  readonly #inCode: KinesisIngressOptions;
  #options: KinesisIngressOptions;
  /** Where a stream that is not in code is named; settings have been read from the environment already. */
  #environment: Environment | undefined;
  readonly #random: () => number;
  #stopping = new AbortController();
  #stream: KinesisStream | undefined;
  #readers: ShardReaders | undefined;

  constructor(options: KinesisIngressOptions, random: () => number = Math.random) {
    this.#inCode = options;
    this.#options = options;
    this.#random = random;
    this.id = options.id ?? (options.stream === undefined ? 'kinesis' : `kinesis:${options.stream}`);
    if (options.format !== undefined) this.format = options.format;
    if (options.route !== undefined) this.route = options.route;
  }

  get description(): string {
    return `Kinesis stream ${this.#options.stream ?? `named by ${streamVariable}`}`;
  }

  configure(settings: ConnectorSettings): void {
    this.#options = configureIngress(this.#inCode, settings);
    this.#environment = {};
  }

  cluster(): ClusterIngress {
    const { stream, start = kinesisDefaults.start, client } = this.#options;
    return clusterIngress(resolveStreamName(stream, streamVariable, this.#environment ?? process.env), start, client);
  }

  async start(context: IngressContext): Promise<void> {
    ensureInRange('pollIntervalMs', this.#options.pollIntervalMs, 200, Infinity);
    ensureInRange('recordsPerReadMax', this.#options.recordsPerReadMax, 1, 10_000);
    ensureInRange('shardDiscoveryIntervalMs', this.#options.shardDiscoveryIntervalMs, 1_000, Infinity);
    ensureInRange('startTimeoutMs', this.#options.startTimeoutMs, 100, Infinity);
    this.#stopping = new AbortController();
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    const backOff: BackOff = { clock: context.clock, logger: context.logger, signal, random: this.#random };
    const stream = await KinesisStream.open(
      resolveStreamName(this.#options.stream, streamVariable, this.#environment ?? process.env),
      this.#options.client,
      process.env,
    );
    this.#stream = stream;
    const opened = await openStream(stream, backOff, this.#options.startTimeoutMs ?? startTimeoutMsDefault);
    const positions = await resolveStartPositions(opened, this.#options.start ?? kinesisDefaults.start, context);
    this.#readers = new ShardReaders({
      stream,
      positions,
      backOff: { ...backOff, hasStarted: true },
      streamIdentity: opened.identity,
      pollIntervalMs: this.#options.pollIntervalMs ?? kinesisDefaults.pollIntervalMs,
      recordsPerReadMax: this.#options.recordsPerReadMax ?? kinesisDefaults.recordsPerReadMax,
      shardDiscoveryIntervalMs: this.#options.shardDiscoveryIntervalMs ?? kinesisDefaults.shardDiscoveryIntervalMs,
      // A stop does not wait for room in the engine: what was handed over is the engine's already.
      deliver: (records) => untilAborted(context.deliver(records), signal),
      savePosition: (shardId, position) => untilAborted(context.savePosition(shardId, position), signal),
      failed: (error) => context.failed(error),
    });
    this.#readers.start(opened.shards);
    context.logger.info('reading Kinesis stream', { stream: stream.name, shards: opened.shards.length });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the ingress stops'));
    await this.#readers?.ended();
    this.#stream?.close();
  }
}

function openStream(stream: KinesisStream, backOff: BackOff, startTimeoutMs: number): Promise<OpenedStream> {
  return whileStarting(stream.name, startTimeoutMs, backOff, async (patience) => {
    const summary = await withBackOff('DescribeStreamSummary', () => stream.describe(patience.signal), patience);
    return { name: stream.name, identity: identityOf(summary), shards: await stream.listShards(patience) };
  });
}
