import { describe, expect, it } from '@jest/globals';
import { decodeKafkaRecord, decodeKinesisRecord, encodeKafkaRecord, encodeKinesisRecord } from '../../src/remote/egress-records.ts';
import { bytesOf, hex } from './golden.ts';

const hi = Buffer.from('hi');

describe('egress records', () => {
  it('of Kafka have the bytes that Flink reads', () => {
    const typed = encodeKafkaRecord({ topic: 't', key: 'Bob', value: hi });
    expect(typed).toMatchObject({ typename: 'type.googleapis.com/io.statefun.sdk.egress.KafkaProducerRecord', hasValue: true });
    expect(hex(typed.value)).toBe(hex(bytesOf('0A03426F62 12026869 1A0174')));
    expect(decodeKafkaRecord(typed.value)).toEqual({ topic: 't', key: 'Bob', value: hi });
  });

  it('of Kafka can lack a key; an empty one is none', () => {
    expect(hex(encodeKafkaRecord({ topic: 't', key: '', value: hi }).value)).toBe(hex(bytesOf('12026869 1A0174')));
    expect(decodeKafkaRecord(bytesOf('0A00 12026869 1A0174'))).toEqual({ topic: 't', key: undefined, value: hi });
  });

  it('of Kinesis have the bytes that Flink reads', () => {
    const typed = encodeKinesisRecord({ stream: 's', partitionKey: 'Bob', explicitHashKey: '7', value: hi });
    expect(typed).toMatchObject({ typename: 'type.googleapis.com/io.statefun.sdk.egress.KinesisEgressRecord', hasValue: true });
    expect(hex(typed.value)).toBe(hex(bytesOf('0A03426F62 12026869 1A0173 220137')));
    expect(decodeKinesisRecord(typed.value)).toEqual({ stream: 's', partitionKey: 'Bob', explicitHashKey: '7', value: hi });
  });

  it('are refused when they are cut off', () => {
    expect(() => decodeKinesisRecord(bytesOf('0A03426F'))).toThrow('PROTOCOL_MESSAGE_UNREADABLE: 4 bytes are not a KinesisEgressRecord');
  });
});
