import { StatefunError } from '../../shared/errors.ts';
import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import type { Duration } from '../../shared/time/duration.ts';
import { sleep } from '../../shared/time/sleep.ts';
import type { ClusterEgress, Egress, EgressContext, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { backOffMs, withBackOff, type BackOff } from './back-off.ts';
import { ensureInRange, millisecondsFrom } from './ensure-in-range.ts';
import { resolveStreamName, type Environment, type KinesisClientOptions, type KinesisSender } from './kinesis-connection.ts';
import { isDenied } from './kinesis-failure.ts';
import { clusterEgress } from './kinesis-cluster.ts';
import { configureEgress, kinesisDefaults } from './kinesis-settings.ts';
import { KinesisStream } from './kinesis-stream.ts';
import { PutQueues, toPutEntry } from './put-queues.ts';
import { put, rejectTooLarge } from './put-request.ts';
import { startTimeoutMsDefault, whileStarting } from './start-timeout.ts';

/** Options of `kinesisEgress`. */
export interface KinesisEgressOptions {
  /** The stream to write. The setting `kinesis.egress-stream` overrides it; other options are overridden by settings of their names. */
  readonly stream?: string;
  /** A client, or options to create one. @defaultValue options from the environment, see KinesisClientOptions */
  readonly client?: KinesisSender | KinesisClientOptions;
  /** Most records per PutRecords call, 1 to 500. Fewer records cost more calls. @defaultValue `500`, the limit of Kinesis */
  readonly batchRecordsMax?: number;
  /** Most bytes per call, including keys. @defaultValue 5 MiB, which every region and emulator accepts; AWS accepts up to 10 MiB today */
  readonly batchBytesMax?: number;
  /** Largest record in bytes, including its key; larger ones become dead letters. Raise it with the stream's limit. @defaultValue 1 MiB */
  readonly recordBytesMax?: number;
  /**
   * How long the start waits for Kinesis to respond. Longer helps if an emulator starts at the same time; shorter reports a wrong endpoint
   * sooner. After the start, calls are retried without limit. @defaultValue `'10s'`
   */
  readonly startTimeout?: Duration;
  /** The format of records. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
}

/**
 * Creates an egress that writes to a Kinesis stream, at least once, and in order for records with the same key. The partition key is the key
 * of the record, else its id; a key of more than 256 characters is replaced by its SHA-256.
 *
 * Throttled records are sent again after a wait; after other failures the engine sends the same records again. Records larger than
 * `recordBytesMax` (KINESIS_RECORD_TOO_LARGE) and records that Kinesis refuses (KINESIS_RECORD_REFUSED) become dead letters.
 */
export function kinesisEgress(id: string, options: KinesisEgressOptions = {}): Egress {
  return new KinesisEgress(id, options);
}

const streamVariable = 'EVENTS_EGRESS_STREAM_DEFAULT';
/** Calls in a row without an accepted record before `send` rejects: about a minute. The engine then retries and reports the failure. */
const fruitlessCallsMax = 10;

/** @internal The class behind `kinesisEgress`; `random` adds jitter to the back-off. */
export class KinesisEgress implements Egress {
  readonly id: string;
  readonly format?: 'cloudevent' | 'envelope';
  readonly #inCode: KinesisEgressOptions;
  #options: KinesisEgressOptions;
  /** The environment with the stream's name, if settings were not read from it already. */
  #environment: Environment | undefined;
  readonly #random: () => number;
  #stream: KinesisStream | undefined;
  #backOff: BackOff | undefined;

  constructor(id: string, options: KinesisEgressOptions, random: () => number = Math.random) {
    this.id = id;
    this.#inCode = options;
    this.#options = options;
    this.#random = random;
    if (options.format !== undefined) this.format = options.format;
  }

  get description(): string {
    return `Kinesis stream ${this.#options.stream ?? `named by ${streamVariable}`}`;
  }

  configure(settings: ConnectorSettings): void {
    this.#options = configureEgress(this.#inCode, settings);
    this.#environment = {};
  }

  cluster(): ClusterEgress {
    const { stream, recordBytesMax = kinesisDefaults.recordBytesMax, client } = this.#options;
    return clusterEgress(resolveStreamName(stream, streamVariable, this.#environment ?? process.env), recordBytesMax, client);
  }

  async start(context: EgressContext): Promise<void> {
    ensureInRange('batchRecordsMax', this.#options.batchRecordsMax, 1, 500);
    ensureInRange('batchBytesMax', this.#options.batchBytesMax, 1, 10 * 1024 * 1024);
    ensureInRange('recordBytesMax', this.#options.recordBytesMax, 1, 10 * 1024 * 1024);
    const startTimeoutMs = millisecondsFrom(100, 'startTimeout', this.#options.startTimeout ?? startTimeoutMsDefault);
    const name = resolveStreamName(this.#options.stream, streamVariable, this.#environment ?? process.env);
    this.#backOff = { clock: context.clock, logger: context.logger, signal: context.signal, random: this.#random };
    this.#stream = await KinesisStream.open(name, this.#options.client, process.env);
    await ensureStream(this.#stream, this.#backOff, startTimeoutMs);
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.#stream === undefined || this.#backOff === undefined) throw new Error('start the Kinesis egress before sending');
    const recordBytesMax = this.#options.recordBytesMax ?? kinesisDefaults.recordBytesMax;
    const entries = records.map(toPutEntry);
    const tooLarge = entries.filter((entry) => entry.sizeBytes > recordBytesMax);
    const queues = new PutQueues(entries.filter((entry) => entry.sizeBytes <= recordBytesMax));
    const refused = await this.#empty(queues, this.#stream, this.#backOff);
    return [...tooLarge.map((entry) => rejectTooLarge(entry, recordBytesMax)), ...refused];
  }

  /** Sends until every queue is empty. */
  async #empty(queues: PutQueues, stream: KinesisStream, { clock, signal, random }: BackOff): Promise<readonly RejectedRecord[]> {
    const rejected: RejectedRecord[] = [];
    let recordsMax = this.#options.batchRecordsMax ?? kinesisDefaults.batchRecordsMax;
    let fruitlessCalls = 0;
    while (!queues.isEmpty) {
      const request = queues.next(recordsMax, this.#options.batchBytesMax ?? kinesisDefaults.batchBytesMax);
      const answer = await put(request, stream, signal);
      for (const entry of answer.taken) queues.settle(entry);
      for (const { entry, error } of answer.refused) {
        queues.settle(entry);
        rejected.push({ record: entry.record, error });
      }
      // One record per call shows which one is refused. It is slow, and ends with this send.
      if (answer.refusedAsWhole === true) recordsMax = 1;
      fruitlessCalls = answer.throttledBy === undefined || answer.taken.length > 0 ? 0 : fruitlessCalls + 1;
      if (answer.throttledBy === undefined) continue;
      if (fruitlessCalls >= fruitlessCallsMax) throw answer.throttledBy;
      await sleep(clock, backOffMs(fruitlessCalls, random), signal);
    }
    return rejected;
  }

  stop(): Promise<void> {
    this.#stream?.close();
    return Promise.resolve();
  }
}

/** Throws if the stream is missing. Without the permission to describe streams, the first write reports it. */
async function ensureStream(stream: KinesisStream, backOff: BackOff, startTimeoutMs: number): Promise<void> {
  const described = whileStarting(stream.name, startTimeoutMs, backOff, (patience) =>
    withBackOff('DescribeStreamSummary', () => stream.describe(patience.signal), patience),
  );
  try {
    await described;
  } catch (error) {
    if (!StatefunError.is(error) || !isDenied(error.cause)) throw error;
    backOff.logger.warn('kinesis:DescribeStreamSummary is denied: the stream is not checked before the first record', {
      stream: stream.name,
    });
  }
}
