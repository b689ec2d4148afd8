import type { Duration } from '../../shared/time/duration.ts';
import { untilAborted } from '../../shared/time/sleep.ts';
import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import type { ClusterIngress, Ingress, IngressContext } from '../../ingress/ingress.ts';
import type { RecordFormat } from '../../ingress/ingress.ts';
import { withBackOff, type BackOff } from './back-off.ts';
import { ensureInRange, millisecondsFrom } from './ensure-in-range.ts';
import { resolveStreamName, type Environment, type KinesisClientOptions, type KinesisSender } from './kinesis-connection.ts';
import { identityOf } from './kinesis-responses.ts';
import { clusterIngress } from './kinesis-cluster.ts';
import { configureIngress, kinesisDefaults } from './kinesis-settings.ts';
import { KinesisStream } from './kinesis-stream.ts';
import { ShardReaders } from './shard-readers.ts';
import { startTimeoutMsDefault, whileStarting } from './start-timeout.ts';
import { resolveStartPositions, type KinesisStart, type OpenedStream } from './start-positions.ts';

/** Options of `kinesisIngress`. */
export interface KinesisIngressOptions {
  /** The stream to read. The setting `kinesis.ingress-stream` overrides it; other options are overridden by settings of their names. */
  readonly stream?: string;
  /** The id, unique in the application. Positions are stored under it, so it must not change. @defaultValue `kinesis:` and `stream` */
  readonly id?: string;
  /** Where the first run begins. Later runs continue from the last commit. @defaultValue `'TRIM_HORIZON'`, the oldest record */
  readonly start?: KinesisStart;
  /** A client, or options to create one. @defaultValue options from the environment, see KinesisClientOptions */
  readonly client?: KinesisSender | KinesisClientOptions;
  /**
   * Most records per read, 1 to 10,000. More records need more memory for each shard; fewer take longer to catch up.
   *
   * @defaultValue 2,000: twice the records that a shard accepts per second, read up to four times a second
   */
  readonly recordsPerReadMax?: number;
  /**
   * Interval between two reads of a shard, at least 200 ms: Kinesis allows five reads per second and shard, shared by all readers.
   * A longer interval costs latency, a shorter one takes reads from other readers.
   *
   * @defaultValue `'250ms'`
   */
  readonly pollInterval?: Duration;
  /** Interval between listings of the shards, which find shards not announced at the end of their parent. @defaultValue `'2 min'` */
  readonly shardDiscoveryInterval?: Duration;
  /**
   * How long the start waits for Kinesis to respond. Longer helps if an emulator starts at the same time; shorter reports a wrong endpoint
   * sooner. After the start, calls are retried without limit. @defaultValue `'10s'`
   */
  readonly startTimeout?: Duration;
  /** The format of records. @defaultValue `'cloudevent'` */
  readonly format?: RecordFormat;
  /** Returns the messages of a record, in place of the forwarders: see `Ingress.route`. */
  readonly route?: NonNullable<Ingress['route']>;
}

/**
 * Creates an ingress that reads a Kinesis stream by polling all its shards. Records of a shard, and of a partition key across splits and
 * merges, arrive in order.
 *
 * It reads nothing, not even the environment, before the application starts. Calls are retried after throttling, failures of the service or
 * network, and unreadable responses. KINESIS_STREAM_MISSING, KINESIS_READ_FAILED and INGRESS_POSITION_LOST (the committed position is older
 * than the stream's retention, or the stream was created again) stop the engine.
 */
export function kinesisIngress(options: KinesisIngressOptions = {}): Ingress {
  return new KinesisIngress(options);
}

const streamVariable = 'EVENTS_INGRESS_STREAM_DEFAULT';

/** @internal The class behind `kinesisIngress`; `random` adds jitter to the back-off. */
export class KinesisIngress implements Ingress {
  readonly id: string;
  readonly format?: RecordFormat;
  readonly route?: NonNullable<Ingress['route']>;
  readonly #inCode: KinesisIngressOptions;
  #options: KinesisIngressOptions;
  /** The environment with the stream's name, if settings were not read from it already. */
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
    ensureInRange('recordsPerReadMax', this.#options.recordsPerReadMax, 1, 10_000);
    const { pollInterval, shardDiscoveryInterval, startTimeout = startTimeoutMsDefault } = { ...kinesisDefaults, ...this.#options };
    const pollIntervalMs = millisecondsFrom(200, 'pollInterval', pollInterval);
    const shardDiscoveryIntervalMs = millisecondsFrom(1_000, 'shardDiscoveryInterval', shardDiscoveryInterval);
    const startTimeoutMs = millisecondsFrom(100, 'startTimeout', startTimeout);
    this.#stopping = new AbortController();
    const signal = AbortSignal.any([context.signal, this.#stopping.signal]);
    const backOff: BackOff = { clock: context.clock, logger: context.logger, signal, random: this.#random };
    const stream = await KinesisStream.open(
      resolveStreamName(this.#options.stream, streamVariable, this.#environment ?? process.env),
      this.#options.client,
      process.env,
    );
    this.#stream = stream;
    const opened = await openStream(stream, backOff, startTimeoutMs);
    const positions = await resolveStartPositions(opened, this.#options.start ?? kinesisDefaults.start, context);
    this.#readers = new ShardReaders({
      stream,
      positions,
      backOff: { ...backOff, hasStarted: true },
      streamIdentity: opened.identity,
      pollIntervalMs,
      recordsPerReadMax: this.#options.recordsPerReadMax ?? kinesisDefaults.recordsPerReadMax,
      shardDiscoveryIntervalMs,
      // A stop does not wait for room in the engine, which already has the records.
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
