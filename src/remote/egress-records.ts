import type { TypedValue } from '../shared/typed-value.ts';
import { ProtobufReader } from './protobuf/reader.ts';
import type { ProtobufWriter } from './protobuf/writer.ts';
import { readMessage, writeMessage } from './protocol/codec.ts';

/*
 * KafkaProducerRecord     1 key               2 value_bytes     3 topic
 * KinesisEgressRecord     1 partition_key     2 value_bytes     3 stream     4 explicit_hash_key
 */

/** What the Kafka egress of StateFun takes. */
export interface KafkaRecord {
  readonly topic: string;
  /** Left out or empty: a record without a key. */
  readonly key?: string | undefined;
  readonly value: Uint8Array;
}

/** What the Kinesis egress of StateFun takes. */
export interface KinesisRecord {
  readonly stream: string;
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  readonly value: Uint8Array;
}

export const kafkaRecordTypename = 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord';
export const kinesisRecordTypename = 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord';

/** Throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function encodeKafkaRecord(record: KafkaRecord): TypedValue {
  const value = writeMessage('KafkaProducerRecord', (writer) => {
    writeText(writer, 3, record.topic);
    writeBytes(writer, 2, record.value);
    writeText(writer, 1, record.key);
  });
  return { typename: kafkaRecordTypename, hasValue: true, value };
}

/** Throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function encodeKinesisRecord(record: KinesisRecord): TypedValue {
  const value = writeMessage('KinesisEgressRecord', (writer) => {
    writeText(writer, 4, record.explicitHashKey);
    writeText(writer, 3, record.stream);
    writeBytes(writer, 2, record.value);
    writeText(writer, 1, record.partitionKey);
  });
  return { typename: kinesisRecordTypename, hasValue: true, value };
}

/** Throws PROTOCOL_MESSAGE_UNREADABLE. */
export function decodeKafkaRecord(bytes: Uint8Array): KafkaRecord {
  const { texts, value } = readMessage('KafkaProducerRecord', bytes, readRecord);
  return { topic: texts[3] ?? '', key: texts[1], value };
}

/** Throws PROTOCOL_MESSAGE_UNREADABLE. */
export function decodeKinesisRecord(bytes: Uint8Array): KinesisRecord {
  const { texts, value } = readMessage('KinesisEgressRecord', bytes, readRecord);
  return { stream: texts[3] ?? '', partitionKey: texts[1] ?? '', explicitHashKey: texts[4], value };
}

/** Both records have their value in field 2 and texts in the others; an empty text is none. */
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

function writeText(writer: ProtobufWriter, field: number, value: string | undefined): void {
  if (value !== undefined && value !== '') writer.text(field, value);
}

function writeBytes(writer: ProtobufWriter, field: number, value: Uint8Array): void {
  if (value.byteLength > 0) writer.bytes(field, value);
}
