import { describe, expect, it } from '@jest/globals';
import { gzipSync, deflateSync } from 'node:zlib';
import { Envelope } from '../../src/envelope/envelope.ts';
import { openRecord } from '../../src/ingress/open-record.ts';
import type { RecordFormat } from '../../src/ingress/ingress.ts';
import { StatefunError } from '../../src/shared/errors.ts';

const json = '{"specversion":"1.0","id":"1","source":"/shop","type":"shop.sold","data":{"id":"a"}}';

/*
 * Two records, "one" and "two", with the partition key "k", as amazon-kinesis-producer writes them:
 * F3899AC2, then AggregatedRecord { partition_key_table: ["k"], records: [{ 0, "one" }, { 0, "two" }] }, then the MD5 of the message,
 * by printf '\x0a\x01k\x1a\x07\x08\x00\x1a\x03one\x1a\x07\x08\x00\x1a\x03two' | md5sum
 */
const aggregate = Buffer.from('f3899ac2' + '0a016b1a0708001a036f6e651a0708001a0374776f' + '4b3cbd0c236eeab538ceb004bc801de0', 'hex');

function failureOf(data: Uint8Array, format?: RecordFormat): StatefunError {
  try {
    openRecord({ partition: 'p', position: '1', identity: 'i', data }, format);
  } catch (error) {
    if (StatefunError.is(error)) return error;
    throw error;
  }
  throw new Error('the record was opened');
}

const bytes = (...numbers: readonly number[]): Buffer => Buffer.from([...numbers, ...Buffer.alloc(20, 0x91)]);

describe('openRecord', () => {
  it.each(['cloudevent', 'envelope'] as const)('says that a record is an aggregate of the Kinesis Producer Library (%s)', (format) => {
    const failure = failureOf(aggregate, format);
    expect(failure).toMatchObject({
      code: 'RECORD_AGGREGATED',
      outcome: 'give-up',
      summary: `a record of ${aggregate.byteLength} bytes is an aggregate of the Kinesis Producer Library: several records in one.`,
    });
    expect(failure.hint).toContain('AggregationEnabled = false');
    expect(failure.cause).toBeInstanceOf(Error);
  });

  it.each([
    ['gzip', gzipSync(json)],
    ['zlib', deflateSync(json)],
    ['zlib', deflateSync(json, { level: 9 })],
    ['Zstandard', bytes(0x28, 0xb5, 0x2f, 0xfd)],
    ['LZ4', bytes(0x04, 0x22, 0x4d, 0x18)],
    ['xz', bytes(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)],
    ['Snappy', Buffer.concat([Buffer.from('ff060000', 'hex'), Buffer.from('sNaPpY')])],
  ])('says that a record is compressed with %s', (compression, data) => {
    for (const format of ['cloudevent', 'envelope'] as const) {
      expect(failureOf(data, format)).toMatchObject({ code: 'RECORD_COMPRESSED', outcome: 'give-up', facts: { compression } });
    }
  });

  it('says which format to set where the records are of the other one', () => {
    const envelope = failureOf(Buffer.from(Envelope.ofPayload(json, { partitionKey: 'k' }).encode()));
    expect(envelope.summary).toMatch(/^a record of \d+ bytes is a Protobuf envelope, which the ingress does not expect\.$/);
    expect(envelope.hint).toBe("Give the ingress format: 'envelope'.");
    const text = failureOf(Buffer.from(json), 'envelope');
    expect(text).toMatchObject({ code: 'ENVELOPE_UNREADABLE', hint: "Give the ingress format: 'cloudevent'." });
    expect(text.summary).toContain('is CloudEvents JSON');
  });

  it.each([
    ['words', Buffer.from('hello'), 'RECORD_NOT_JSON'],
    ['bytes that are nothing known', bytes(0x91), 'RECORD_NOT_UTF8'],
    ['the first bytes of an aggregate', aggregate.subarray(0, 3), 'RECORD_NOT_UTF8'],
    ['nothing', Buffer.alloc(0), 'RECORD_EMPTY'],
    ['JSON that is no event', Buffer.from('{}'), 'INVALID_CLOUD_EVENT'],
  ])('leaves the reason of %s as it is', (_what, data, code) => {
    expect(failureOf(data).code).toBe(code);
  });

  it('leaves records to a format function', () => {
    const event = { specversion: '1.0', id: '1', source: '/s', type: 't', data: null };
    const record = { partition: 'p', position: '1', identity: 'i', data: gzipSync('anything'), key: 'k' };
    expect(openRecord(record, () => event)).toMatchObject({ event, partitionKey: 'k' });
  });
});
