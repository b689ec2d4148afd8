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

/** A component of module.yaml and what it is sent. */
export interface FlinkEgress extends ClusterEgress {
  readonly id: string;
}

/** A key has at most 256 characters. */
const partitionKeyBytesMax = 1024;

/** The egresses of an application in a cluster, the one of its dead letters among them. */
export class FlinkEgresses {
  readonly #declared: ReadonlyMap<string, { readonly egress: Egress; readonly cluster: ClusterEgress | undefined }>;
  /** Undefined in the playground, and where there is no stream to take as a pattern. */
  readonly deadLetters: FlinkEgress | undefined;
  readonly #playground: boolean;

  constructor(application: string, egress: readonly Egress[], ingressKind: string | undefined, playground: boolean) {
    this.#playground = playground;
    this.#declared = new Map(egress.map((port) => [port.id, { egress: port, cluster: playground ? undefined : port.cluster?.() }]));
    this.deadLetters = playground ? undefined : deadLettersLike(application, this.list(), ingressKind);
  }

  /** Those that a cluster can write. */
  list(): readonly FlinkEgress[] {
    return Array.from(this.#declared, ([id, { cluster }]) => (cluster === undefined ? [] : [{ id, ...cluster }])).flat();
  }

  has(id: string): boolean {
    return this.#declared.has(id);
  }

  ids(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /** Undefined: the record is larger than what the outside takes. */
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

  /** A record that says itself where it goes. */
  #passOn(egressId: string, argument: TypedValue): OutgoingEgress {
    return { egressId: this.#playground ? playgroundEgressId : egressId, argument };
  }

  /** Bytes of the largest dead letter. */
  get deadLetterBytesMax(): number {
    const writes = this.deadLetters?.writes;
    // What is no stream has the limit of the whole answer, which dead letters should not use up.
    return writes?.to === 'kinesis' ? writes.recordBytesMax - partitionKeyBytesMax : 1024 * 1024;
  }

  /** A dead letter as the text of an event, under the id of the address it was for. */
  toDeadLetter(id: string, key: string, text: string): OutgoingEgress {
    if (this.deadLetters === undefined) return toPlayground('dead-letters', text);
    return toStream(this.deadLetters, id, key, text);
  }
}

/** What a handler makes for the egress of the cluster itself. A record of another kind would fail the job: it leaves as an event does. */
const recordTypenames = { kafka: kafkaRecordTypename, kinesis: kinesisRecordTypename } as const;

/** Its own names and keys are counted with it: nearly always too strict by less than a hundred bytes. */
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

/** Dead letters go to a stream beside the others: of the kind and in the place of the first egress. */
function deadLettersLike(application: string, [first]: readonly FlinkEgress[], ingressKind: string | undefined): FlinkEgress | undefined {
  const id = deadLetterEgressId(application);
  const stream = deadLetterStream(application);
  if (first === undefined) return ingressKind === undefined ? undefined : fromIngress(id, stream, ingressKind);
  const { kind, spec, writes } = first;
  return { id, kind, spec, writes: writes.to === 'kafka' ? { ...writes, topic: stream } : { ...writes, stream } };
}

/** Without an egress, the kind of the ingress says what there is. */
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
