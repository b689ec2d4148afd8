import { sleep } from '../../shared/sleep.ts';
import type { Egress, EgressContext, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { backOffMs, withBackOff, type BackOff } from './back-off.ts';
import { ensureInRange } from './ensure-in-range.ts';
import { resolveStreamName, type KinesisClientOptions, type KinesisSender } from './kinesis-connection.ts';
import { isDenied, toReadError } from './kinesis-failure.ts';
import { KinesisStream } from './kinesis-stream.ts';
import { PutLanes, toPutEntry } from './put-lanes.ts';
import { put, rejectTooLarge } from './put-request.ts';

export interface KinesisEgressOptions {
  /** The stream to write. The environment variable `EVENTS_EGRESS_STREAM_DEFAULT`, where it is set, wins. */
  readonly stream?: string;
  /** A client, or how to make one. @defaultValue from the environment, see KinesisClientOptions */
  readonly client?: KinesisSender | KinesisClientOptions;
  /** Most records of one PutRecords call, 1 to 500. Fewer cost more calls. @defaultValue `500`, what Kinesis takes */
  readonly batchRecordsMax?: number;
  /** Most bytes of one call, keys included. @defaultValue 5 MiB, what every region and emulator takes; up to 10 MiB work on AWS today */
  readonly batchBytesMax?: number;
  /** Largest record, key included; larger ones become dead letters. Raise it with the stream's own limit. @defaultValue 1 MiB */
  readonly recordBytesMax?: number;
  /** How events are written. @defaultValue `'cloudevent'` */
  readonly format?: 'cloudevent' | 'envelope';
}

/**
 * Writes to a Kinesis stream: at least once, records of the same key in order. The partition key is the key of the record, else its id;
 * keys of more than 256 characters are replaced by their SHA-256.
 *
 * Throttling is waited out, other failures make the engine send the same records again. Records larger than `recordBytesMax`
 * (KINESIS_RECORD_TOO_LARGE) and those Kinesis refuses (KINESIS_RECORD_REFUSED) become dead letters.
 */
export function kinesisEgress(id: string, options: KinesisEgressOptions = {}): Egress {
  return new KinesisEgress(id, options);
}

const streamVariable = 'EVENTS_EGRESS_STREAM_DEFAULT';
/** At start Kinesis may be away for about half a minute; longer means a wrong endpoint or network more often than an outage. */
const startAttemptsMax = 8;
/** Calls in a row of which Kinesis took nothing before the engine is told: about a minute. The engine goes on trying and shows it. */
const fruitlessCallsMax = 10;

/** @internal The class behind `kinesisEgress`; `random` spreads the waits of the back-off. */
export class KinesisEgress implements Egress {
  readonly id: string;
  readonly description: string;
  readonly format?: 'cloudevent' | 'envelope';
  readonly #options: KinesisEgressOptions;
  readonly #random: () => number;
  #stream: KinesisStream | undefined;
  #backOff: BackOff | undefined;

  constructor(id: string, options: KinesisEgressOptions, random: () => number = Math.random) {
    this.id = id;
    this.#options = options;
    this.#random = random;
    this.description = `Kinesis stream ${options.stream ?? `named by ${streamVariable}`}`;
    if (options.format !== undefined) this.format = options.format;
  }

  async start(context: EgressContext): Promise<void> {
    ensureInRange('batchRecordsMax', this.#options.batchRecordsMax, 1, 500);
    ensureInRange('batchBytesMax', this.#options.batchBytesMax, 1, 10 * 1024 * 1024);
    ensureInRange('recordBytesMax', this.#options.recordBytesMax, 1, 10 * 1024 * 1024);
    const name = resolveStreamName(this.#options.stream, streamVariable, process.env);
    this.#backOff = { clock: context.clock, logger: context.logger, signal: context.signal, random: this.#random };
    this.#stream = await KinesisStream.open(name, this.#options.client, process.env);
    await ensureStream(this.#stream, this.#backOff);
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    if (this.#stream === undefined || this.#backOff === undefined) throw new Error('start the Kinesis egress before sending');
    const recordBytesMax = this.#options.recordBytesMax ?? 1024 * 1024;
    const entries = records.map(toPutEntry);
    const tooLarge = entries.filter((entry) => entry.sizeBytes > recordBytesMax);
    const lanes = new PutLanes(entries.filter((entry) => entry.sizeBytes <= recordBytesMax));
    const refused = await this.#empty(lanes, this.#stream, this.#backOff);
    return [...tooLarge.map((entry) => rejectTooLarge(entry, recordBytesMax)), ...refused];
  }

  /** Sends until every lane is empty. */
  async #empty(lanes: PutLanes, stream: KinesisStream, { clock, signal, random }: BackOff): Promise<readonly RejectedRecord[]> {
    const rejected: RejectedRecord[] = [];
    let recordsMax = this.#options.batchRecordsMax ?? 500;
    let fruitlessCalls = 0;
    while (!lanes.isEmpty) {
      const request = lanes.next(recordsMax, this.#options.batchBytesMax ?? 5 * 1024 * 1024);
      const answer = await put(request, stream, signal);
      for (const entry of answer.taken) lanes.settle(entry);
      for (const { entry, error } of answer.refused) {
        lanes.settle(entry);
        rejected.push({ record: entry.record, error });
      }
      // Alone, each record gets an answer of its own; that is slow, and ends with this send.
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

/** Describing needs a permission that writing does not: without it the first call finds out whether the stream is there. */
async function ensureStream(stream: KinesisStream, backOff: BackOff): Promise<void> {
  try {
    await withBackOff('DescribeStreamSummary', () => stream.describe(backOff.signal), { ...backOff, attemptsMax: startAttemptsMax });
  } catch (error) {
    if (backOff.signal.aborted) throw error;
    if (!isDenied(error)) throw toReadError(error, stream.name);
    backOff.logger.warn('kinesis:DescribeStreamSummary is denied: the stream is not checked before the first record', {
      stream: stream.name,
    });
  }
}
