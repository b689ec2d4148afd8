import { describe, StatefunError } from '../../shared/errors.ts';
import { isTypedValue, type TypedValue } from '../../shared/typed-value.ts';
import { ProtobufReader } from '../../shared/protobuf/reader.ts';
import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';
import { readMessage, writeMessage } from './codec.ts';

/*
 * KafkaProducerRecord     1 key               2 value_bytes     3 topic
 * KinesisEgressRecord     1 partition_key     2 value_bytes     3 stream     4 explicit_hash_key
 */

/**
 * The content of a record: bytes, text as UTF-8, or the bytes of a typed value. Consumers that use StateFun's types expect a typed value:
 * `typed(stringType(), 'hi')` is a Protobuf message of four bytes, `'hi'` are the two letters.
 */
export type RecordValue = Uint8Array | string | TypedValue;

/** A record for the Kafka egress of StateFun. */
export interface KafkaRecord<V = RecordValue> {
  readonly topic: string;
  /** The key. A missing or empty key means a record without a key. */
  readonly key?: string | undefined;
  readonly value: V;
}

/** A record for the Kinesis egress of StateFun. */
export interface KinesisRecord<V = RecordValue> {
  readonly stream: string;
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  readonly value: V;
}

/** A message for the egress of StateFun's playground, which keeps text under topics. */
export interface PlaygroundRecord {
  readonly topic: string;
  readonly payload: string;
}

/** The typename of records for Kafka. */
export const kafkaRecordTypename = 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord';
/** The typename of records for Kinesis. */
export const kinesisRecordTypename = 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord';

/** The typename of records for the playground. */
export const playgroundRecordTypename = 'io.statefun.playground/EgressRecord';

/** Creates a record for a Kafka egress, for `context.sendEgress`. Throws EGRESS_RECORD_INVALID and PROTOCOL_MESSAGE_TOO_LARGE. */
export function kafkaRecord(record: KafkaRecord): TypedValue {
  ensureText('topic', record.topic);
  const bytes = bytesOf(record.value);
  const value = writeMessage('KafkaProducerRecord', (writer) => {
    writeText(writer, 3, record.topic);
    writeBytes(writer, 2, bytes);
    writeText(writer, 1, record.key);
  });
  return { typename: kafkaRecordTypename, hasValue: true, value };
}

/** Creates a record for a Kinesis egress, for `context.sendEgress`. Throws EGRESS_RECORD_INVALID and PROTOCOL_MESSAGE_TOO_LARGE. */
export function kinesisRecord(record: KinesisRecord): TypedValue {
  ensureText('stream', record.stream);
  ensureText('partitionKey', record.partitionKey);
  const bytes = bytesOf(record.value);
  const value = writeMessage('KinesisEgressRecord', (writer) => {
    writeText(writer, 4, record.explicitHashKey);
    writeText(writer, 3, record.stream);
    writeBytes(writer, 2, bytes);
    writeText(writer, 1, record.partitionKey);
  });
  return { typename: kinesisRecordTypename, hasValue: true, value };
}

/** Creates a message for the egress of the playground, for `context.sendEgress`. Throws EGRESS_RECORD_INVALID. */
export function playgroundRecord({ topic, payload }: PlaygroundRecord): TypedValue {
  ensureText('topic', topic);
  return { typename: playgroundRecordTypename, hasValue: true, value: Buffer.from(JSON.stringify({ topic, payload })) };
}

/** Throws PROTOCOL_MESSAGE_UNREADABLE. */
export function decodeKafkaRecord(bytes: Uint8Array): KafkaRecord<Uint8Array> {
  const { texts, value } = readMessage('KafkaProducerRecord', bytes, readRecord);
  return { topic: texts[3] ?? '', key: texts[1], value };
}

/** Throws PROTOCOL_MESSAGE_UNREADABLE. */
export function decodeKinesisRecord(bytes: Uint8Array): KinesisRecord<Uint8Array> {
  const { texts, value } = readMessage('KinesisEgressRecord', bytes, readRecord);
  return { stream: texts[3] ?? '', partitionKey: texts[1] ?? '', explicitHashKey: texts[4], value };
}

/** Reads either record: both have their value in field 2 and strings in the other fields. An empty string means none. */
function readRecord(bytes: Uint8Array): { readonly texts: readonly (string | undefined)[]; readonly value: Uint8Array } {
  const reader = new ProtobufReader(bytes);
  const texts: (string | undefined)[] = [];
  let value: Uint8Array = new Uint8Array(0);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 2) value = reader.bytes();
    else if (field <= 4) texts[field] = reader.text() || undefined;
  }
  return { texts, value };
}

function bytesOf(value: RecordValue): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return value;
  // Checked, because untyped code can pass any value: a number has no bytes that every SDK agrees on.
  if (isTypedValue(value) && value.hasValue) return value.value;
  throw new StatefunError('EGRESS_RECORD_INVALID', `the value of a record is ${describe(value)}.`);
}

function ensureText(field: string, text: unknown): void {
  if (typeof text === 'string' && text !== '') return;
  throw new StatefunError('EGRESS_RECORD_INVALID', `the ${field} of a record is ${describe(text)}.`, { facts: { field } });
}

function writeText(writer: ProtobufWriter, field: number, value: string | undefined): void {
  if (value !== undefined && value !== '') writer.text(field, value);
}

function writeBytes(writer: ProtobufWriter, field: number, value: Uint8Array): void {
  if (value.byteLength > 0) writer.bytes(field, value);
}
