import { describe, expect, it } from '@jest/globals';
import {
  decodeKafkaRecord,
  decodeKinesisRecord,
  kafkaRecord,
  kinesisRecord,
  playgroundRecord,
  type RecordValue,
} from '../../../src/request-reply/protocol/egress-records.ts';
import { typed } from '../../../src/request-reply/protocol/typed-values.ts';
import { stringType } from '../../../src/state/state-type.ts';
import { bytesOf, hex } from '../golden.ts';

const hi = Buffer.from('hi');

describe('egress records', () => {
  it('of Kafka have the bytes that Flink reads', () => {
    const record = kafkaRecord({ topic: 't', key: 'Bob', value: hi });
    expect(record).toMatchObject({ typename: 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord', hasValue: true });
    expect(hex(record.value)).toBe(hex(bytesOf('0A03426F62 12026869 1A0174')));
    expect(decodeKafkaRecord(record.value)).toEqual({ topic: 't', key: 'Bob', value: hi });
  });

  it('of Kafka can lack a key; an empty one is none', () => {
    expect(hex(kafkaRecord({ topic: 't', key: '', value: hi }).value)).toBe(hex(bytesOf('12026869 1A0174')));
    expect(decodeKafkaRecord(bytesOf('0A00 12026869 1A0174'))).toEqual({ topic: 't', key: undefined, value: hi });
  });

  it('of Kinesis have the bytes that Flink reads', () => {
    const record = kinesisRecord({ stream: 's', partitionKey: 'Bob', explicitHashKey: '7', value: hi });
    expect(record).toMatchObject({ typename: 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord', hasValue: true });
    expect(hex(record.value)).toBe(hex(bytesOf('0A03426F62 12026869 1A0173 220137')));
    expect(decodeKinesisRecord(record.value)).toEqual({ stream: 's', partitionKey: 'Bob', explicitHashKey: '7', value: hi });
  });

  it('carry bytes as they are, text as UTF-8, or the bytes of a typed value', () => {
    const valueOf = (value: RecordValue): string => hex(decodeKafkaRecord(kafkaRecord({ topic: 't', value }).value).value);
    expect(valueOf(Buffer.of(0xff))).toBe('ff');
    expect(valueOf('hi')).toBe('6869');
    expect(valueOf(typed(stringType(), 'hi'))).toBe('0a026869');
  });

  it('of the playground are JSON with topic and payload', () => {
    const record = playgroundRecord({ topic: 'greetings', payload: 'Hi Bob' });
    expect(record).toMatchObject({ typename: 'io.statefun.playground/EgressRecord', hasValue: true });
    expect(Buffer.from(record.value).toString()).toBe('{"topic":"greetings","payload":"Hi Bob"}');
  });

  it('are refused without topic, stream or partition key, or with a value that has no bytes', () => {
    expect(() => kafkaRecord({ topic: '', value: hi })).toThrow('EGRESS_RECORD_INVALID: the topic of a record is ""');
    expect(() => kinesisRecord({ stream: 's', partitionKey: '', value: hi })).toThrow('the partitionKey of a record is ""');
    expect(() => kafkaRecord({ topic: 't', value: 7 as never })).toThrow('the value of a record is 7');
    const none = { typename: 'a/b', hasValue: false, value: new Uint8Array(0) };
    expect(() => kafkaRecord({ topic: 't', value: none })).toThrow('EGRESS_RECORD_INVALID');
  });

  it('are refused when they are cut off', () => {
    expect(() => decodeKinesisRecord(bytesOf('0A03426F'))).toThrow('PROTOCOL_MESSAGE_UNREADABLE: 4 bytes are not a KinesisEgressRecord');
  });
});
