import type { ClusterEgress, Egress } from '../../egress/egress.ts';
import type { EgressEffect } from '../../functions/effects.ts';
import type { OutgoingEgress } from '../../functions/remote/invocation-batch.ts';
import {
  kafkaRecord,
  kafkaRecordTypename,
  kinesisRecord,
  kinesisRecordTypename,
  playgroundRecord,
  playgroundRecordTypename,
} from '../../request-reply/protocol/egress-records.ts';
import { assertInvariant } from '../../shared/errors.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import { deadLetterEgressId, deadLetterStream, playgroundEgressId, playgroundTopic } from './flink-names.ts';

/** An egress of a cluster: its component in the module file, and how records are written to it. */
export interface FlinkEgress extends ClusterEgress {
  readonly id: string;
}

/** Largest partition key in bytes; a key has at most 256 characters. */
const partitionKeyBytesMax = 1024;

/** The egresses of an application in a cluster, including the one for dead letters. */
export class FlinkEgresses {
  readonly #declared: ReadonlyMap<string, { readonly egress: Egress; readonly cluster: ClusterEgress | undefined }>;
  /** The egress for dead letters. Undefined in the playground, and if the application has no stream to derive it from. */
  readonly deadLetters: FlinkEgress | undefined;
  readonly #playground: boolean;

  constructor(application: string, egress: readonly Egress[], ingressKind: string | undefined, playground: boolean) {
    this.#playground = playground;
    this.#declared = new Map(egress.map((port) => [port.id, { egress: port, cluster: playground ? undefined : port.cluster?.() }]));
    this.deadLetters = playground ? undefined : deadLettersLike(application, this.list(), ingressKind);
  }

  /** Returns the egresses that a cluster can write. */
  list(): readonly FlinkEgress[] {
    return Array.from(this.#declared, ([id, { cluster }]) => (cluster === undefined ? [] : [{ id, ...cluster }])).flat();
  }

  has(id: string): boolean {
    return this.#declared.has(id);
  }

  ids(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /** Returns the record for a cluster, or undefined if it is larger than the stream accepts. */
  toRecord({ egressId, envelope }: EgressEffect): OutgoingEgress | undefined {
    const { egress, cluster } = this.#declared.get(egressId) ?? {};
    const record = envelope.isTypedValue ? envelope.typedValue : undefined;
    if (record?.typename === (this.#playground ? playgroundRecordTypename : recordTypenames[cluster?.writes.to ?? 'kafka'])) {
      return cluster !== undefined && tooLargeFor(cluster, record) ? undefined : this.#passOn(egressId, record);
    }
    const isEnvelope = egress?.format === 'envelope';
    const data = isEnvelope ? envelope.encode() : envelope.payload;
    if (this.#playground) return toPlayground(playgroundTopic(egressId), envelope.payload);
    assertInvariant(cluster !== undefined, 'an egress that a cluster cannot write is refused at start');
    const { writes } = cluster;
    if (writes.to === 'kinesis' && Buffer.byteLength(data) + partitionKeyBytesMax > writes.recordBytesMax) return undefined;
    return toStream({ id: egressId, ...cluster }, envelope.messageId ?? '', envelope.partitionKey, data);
  }

  /** Passes on a record that names its own stream or topic. */
  #passOn(egressId: string, argument: TypedValue): OutgoingEgress {
    return { egressId: this.#playground ? playgroundEgressId : egressId, argument };
  }

  /** Size limit of a dead letter, in bytes. */
  get deadLetterBytesMax(): number {
    const writes = this.deadLetters?.writes;
    // Other egresses are limited by the size of the response only, which dead letters should not use up.
    return writes?.to === 'kinesis' ? writes.recordBytesMax - partitionKeyBytesMax : 1024 * 1024;
  }

  /** Returns the record of a dead letter. `text` is its event, and `key` the id of its target address. */
  toDeadLetter(id: string, key: string, text: string): OutgoingEgress {
    if (this.deadLetters === undefined) return toPlayground('dead-letters', text);
    return toStream(this.deadLetters, id, key, text);
  }
}

/** Typenames of records that handlers create for an egress of this kind. Any other value is written as an event. */
const recordTypenames = { kafka: kafkaRecordTypename, kinesis: kinesisRecordTypename } as const;

/** Whether a record exceeds the stream's limit. It counts the record's own names and keys too, usually less than 100 bytes. */
function tooLargeFor({ writes }: ClusterEgress, { value }: TypedValue): boolean {
  return writes.to === 'kinesis' && value.byteLength > writes.recordBytesMax;
}

function toPlayground(topic: string, payload: string): OutgoingEgress {
  return { egressId: playgroundEgressId, argument: playgroundRecord({ topic, payload }) };
}

function toStream({ id: egressId, writes }: FlinkEgress, id: string, key: string | undefined, value: string | Uint8Array): OutgoingEgress {
  if (writes.to === 'kafka') return { egressId, argument: kafkaRecord({ topic: writes.topic, key, value }) };
  const partitionKey = writes.partitionKeyOf({ id, key });
  return { egressId, argument: kinesisRecord({ stream: writes.stream, partitionKey, value }) };
}

/** Returns the egress for dead letters: a stream of the same kind and place as the first egress. */
function deadLettersLike(application: string, [first]: readonly FlinkEgress[], ingressKind: string | undefined): FlinkEgress | undefined {
  const id = deadLetterEgressId(application);
  const stream = deadLetterStream(application);
  if (first === undefined) return ingressKind === undefined ? undefined : fromIngress(id, stream, ingressKind);
  const { kind, spec, writes } = first;
  return { id, kind, spec, writes: writes.to === 'kafka' ? { ...writes, topic: stream } : { ...writes, stream } };
}

/** Returns the egress for dead letters of an application without egress, derived from the kind of its ingress. */
function fromIngress(id: string, stream: string, ingressKind: string): FlinkEgress {
  const kind = ingressKind.replace(/\/ingress$/, '/egress');
  const isKafka = kind.includes('.kafka.');
  const writes: ClusterEgress['writes'] = isKafka
    ? { to: 'kafka', topic: stream }
    : {
        to: 'kinesis',
        stream,
        recordBytesMax: 1024 * 1024,
        partitionKeyOf: ({ key, id: recordId }) => (key === undefined || key === '' ? recordId : key).slice(0, 256),
      };
  return { id, kind, spec: {}, writes };
}
