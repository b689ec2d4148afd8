import type { ConnectorSettings } from '../../shared/connector-settings.ts';
import { StatefunError } from '../../shared/errors.ts';
import { Envelope } from '../../envelope/envelope.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import type { Egress, EgressContext, EgressRecord, RejectedRecord } from '../../egress/egress.ts';
import { KinesisEgress, type KinesisEgressOptions } from './kinesis-egress.ts';

/** A record that names its stream. */
export interface StreamRecord {
  readonly stream: string;
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  readonly value: Uint8Array;
}

/** Most streams of one egress: each has its own connections. */
const streamsMax = 100;

/**
 * Writes records to the streams that they name, each as `kinesisEgress` does. Records that `read` refuses, and records for a missing stream,
 * become dead letters.
 */
export class KinesisStreamsEgress implements Egress {
  readonly id: string;
  readonly format = 'envelope';
  readonly description = 'Kinesis streams named by the records';
  readonly #options: Omit<KinesisEgressOptions, 'stream' | 'format'>;
  readonly #read: (value: TypedValue) => StreamRecord;
  readonly #streams = new Map<string, Promise<KinesisEgress>>();
  #settings: ConnectorSettings | undefined;
  #context: EgressContext | undefined;

  constructor(id: string, read: (value: TypedValue) => StreamRecord, options: Omit<KinesisEgressOptions, 'stream' | 'format'> = {}) {
    this.id = id;
    this.#read = read;
    this.#options = options;
  }

  configure({ values, fallbacks }: ConnectorSettings): void {
    // The records name the stream.
    this.#settings = { values: { ...values, 'kinesis.egress-stream': undefined }, fallbacks };
  }

  start(context: EgressContext): Promise<void> {
    this.#context = context;
    return Promise.resolve();
  }

  async send(records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    const rejected: RejectedRecord[] = [];
    // Results refer to the record objects that the engine passed.
    const originals = new Map<EgressRecord, EgressRecord>();
    const byStream = new Map<string, EgressRecord[]>();
    for (const record of records) {
      try {
        const { stream, sent } = this.#open(record);
        originals.set(sent, record);
        byStream.set(stream, [...(byStream.get(stream) ?? []), sent]);
      } catch (error) {
        if (!StatefunError.is(error)) throw error;
        rejected.push({ record, error });
      }
    }
    for (const [stream, sent] of byStream) {
      for (const { record, error } of await this.#send(stream, sent)) rejected.push({ record: originals.get(record) ?? record, error });
    }
    return rejected;
  }

  async stop(): Promise<void> {
    const opened = await Promise.allSettled(this.#streams.values());
    for (const stream of opened) if (stream.status === 'fulfilled') await stream.value.stop();
    this.#streams.clear();
  }

  #open(record: EgressRecord): { readonly stream: string; readonly sent: EgressRecord } {
    // Safe: an egress with the format "envelope" gets bytes.
    const { typedValue } = Envelope.decodeTrusted(record.data as Uint8Array);
    const { stream, partitionKey, explicitHashKey, value } = this.#read(typedValue);
    return { stream, sent: { ...record, key: partitionKey, hashKey: explicitHashKey, data: value } };
  }

  async #send(stream: string, records: readonly EgressRecord[]): Promise<readonly RejectedRecord[]> {
    try {
      return await (await this.#stream(stream)).send(records);
    } catch (error) {
      if (!StatefunError.is(error) || (error.code !== 'KINESIS_STREAM_MISSING' && error.outcome !== 'give-up')) throw error;
      return records.map((record) => ({ record, error }));
    }
  }

  #stream(name: string): Promise<KinesisEgress> {
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    if (this.#streams.size >= streamsMax) {
      const summary = `egress "${this.id}" can write to at most ${streamsMax} streams; "${name}" is one too many.`;
      throw new StatefunError('EGRESS_RECORD_REFUSED', summary, { facts: { egressId: this.id, stream: name } });
    }
    const opening = this.#openStream(name);
    this.#streams.set(name, opening);
    // A stream that could not be opened is opened again with its next record.
    opening.catch(() => this.#streams.delete(name));
    return opening;
  }

  async #openStream(name: string): Promise<KinesisEgress> {
    if (this.#context === undefined) throw new Error('start the egress before sending');
    const egress = new KinesisEgress(this.id, { ...this.#options, stream: name });
    if (this.#settings !== undefined) egress.configure(this.#settings);
    await egress.start(this.#context);
    return egress;
  }
}
