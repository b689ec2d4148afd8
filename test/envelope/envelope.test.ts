import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import { typedValueSource } from '../../src/envelope/typed-value-event.ts';
import { EnvelopeMessage } from '../../src/envelope/generated/envelope-message.ts';

// Blanks, an escape and a number that JSON.stringify would write in another way.
const text = '{"specversion":"1.0", "id":"1","source":"/s","type":"t","data":{"price":42.0,"name":"\\u0041"}}';
const plain = { specversion: '1.0', id: '1', source: '/s', type: 't', data: { price: 42, name: 'A' } };
const frozen = Object.freeze({ ...plain, data: Object.freeze({ ...plain.data }) });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (...parts: string[]): Uint8Array => new Uint8Array(Buffer.from(parts.join(''), 'hex'));
/** A field of Protobuf with a text shorter than 128 bytes: tag, length, UTF-8. */
const field = (tag: string, value: string): string =>
  tag + Buffer.of(Buffer.byteLength(value)).toString('hex') + Buffer.from(value).toString('hex');

const small = '{"specversion":"1.0","id":"1","source":"/s","type":"t"}';

describe('Envelope', () => {
  it('gives back the text it was made from, and its event', () => {
    const envelope = Envelope.ofPayload(text, { partitionKey: 'k', messageId: 'm' });
    expect(envelope.payload).toBe(text);
    expect(envelope.event).toEqual(plain);
    expect(envelope).toMatchObject({ partitionKey: 'k', messageId: 'm' });
  });

  it('gives back the text of bytes', () => {
    expect(Envelope.ofPayload(Buffer.from(text)).payload).toBe(text);
  });

  it('has the data as the text it came as, from a text, from bytes and in a value of another language', () => {
    const data = '{"n":1524831183200260097}';
    const record = `{"specversion":"1.0","id":"1","source":"/s","type":"t","data":${data}}`;
    const read = Envelope.ofPayload(record);
    const typed = Envelope.ofTypedValue({ typename: 'demo/x', hasValue: true, value: Buffer.from(data) });
    const int = Envelope.ofTypedValue({ typename: 'io.statefun.types/int', hasValue: true, value: Buffer.from([8, 5]) });
    expect([read, Envelope.decode(read.encode()), typed, int, Envelope.ofEvent(plain)].map((one) => one.dataText)).toEqual([
      data,
      data,
      data,
      undefined,
      undefined,
    ]);
    const passedOn = Envelope.ofPassedOn({ ...read.event, source: typedValueSource }, read.dataText);
    expect(Buffer.from(passedOn.typedValue.value).toString()).toBe(data);
  });

  it('writes the event it was made from as JSON', () => {
    const envelope = Envelope.ofEvent(plain);
    expect(envelope.payload).toBe('{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"price":42,"name":"A"}}');
    expect(envelope.event).toBe(plain);
    expect(Object.isFrozen(plain.data)).toBe(true);
  });

  it('makes a plain object of an event of the cloudevents package', () => {
    const { event } = Envelope.ofEvent(new CloudEvent({ id: '1', source: '/s', type: 't', time: '2026-01-01T00:00:00Z', data: 1 }));
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
    expect(Object.keys(event).sort()).toEqual(['data', 'id', 'source', 'specversion', 'time', 'type']);
  });

  it('refuses what is no event', () => {
    expect(() => Envelope.ofEvent({ ...plain, source: '' })).toThrow('INVALID_CLOUD_EVENT: attribute "source"');
    expect(() => Envelope.ofEvent(undefined as never)).toThrow('INVALID_CLOUD_EVENT');
    expect(() => Envelope.ofPayload('{}')).toThrow('INVALID_CLOUD_EVENT');
  });

  it('takes a trusted event as it is', () => {
    const broken = { id: '' } as CloudEvent;
    expect(Envelope.ofTrustedEvent(broken).event).toBe(broken);
  });

  it('changes only the ids that are given', () => {
    const envelope = Envelope.ofPayload(text, { partitionKey: 'k', messageId: 'm' });
    const other = envelope.with({ messageId: 'n', partitionKey: undefined });
    expect(other).toMatchObject({ partitionKey: 'k', messageId: 'n' });
    expect(other.payload).toBe(text);
    expect(other.event).toBe(envelope.event);
    expect(envelope.messageId).toBe('m');
  });

  it('parses and writes once for all envelopes of one event', () => {
    let writes = 0;
    const counted = { ...frozen, toJSON: () => `written ${++writes}` };
    const envelope = Envelope.ofTrustedEvent(counted);
    expect([envelope.with({ messageId: 'a' }).payload, envelope.with({ messageId: 'b' }).payload]).toEqual(['"written 1"', '"written 1"']);
    const stored = Envelope.decodeTrusted(bytesOf(field('0a', small)));
    expect(stored.with({ messageId: 'a' }).event).toBe(stored.with({ messageId: 'b' }).event);
  });

  it('counts the bytes of a text exactly, and estimates an event without writing it', () => {
    expect(Envelope.ofPayload(text.replace('price', '漢')).payloadBytes).toBe(Buffer.byteLength(text) - 5 + 3);
    const envelope = Envelope.ofTrustedEvent({ ...frozen, toJSON: () => expect(true).toBe(false) });
    expect(envelope.payloadBytes).toBeGreaterThan(70);
    expect(envelope.payloadBytes).toBeLessThan(140);
  });
});

describe('the bytes of an envelope', () => {
  it('are payload as field 1, partition key as field 2, message id as field 3', () => {
    const golden = field('0a', small) + '12026b31' + '1a026d31';
    expect(hex(Envelope.ofPayload(small, { partitionKey: 'k1', messageId: 'm1' }).encode())).toBe(golden);
    expect(golden.startsWith('0a377b22')).toBe(true);
  });

  it('leave out ids that are absent, and keep ids that are empty', () => {
    expect(hex(Envelope.ofPayload(small).encode())).toBe(field('0a', small));
    expect(hex(Envelope.ofPayload(small, { partitionKey: '', messageId: '' }).encode())).toBe(`${field('0a', small)}12001a00`);
  });

  it('are read as the Java example writes them, without field 3', () => {
    const envelope = Envelope.decode(bytesOf(field('0a', small), '12026b31'));
    expect(envelope.payload).toBe(small);
    expect(envelope.event.id).toBe('1');
    expect(envelope.partitionKey).toBe('k1');
    expect(envelope.messageId).toBeUndefined();
  });

  it('are read with fields in any order and unknown ones skipped', () => {
    // Fields 4 as varint 150, 5 as 8 bytes, 6 as text, 7 as 4 bytes.
    const unknown = ['209601', '290102030405060708', '320161', '3d01020304'];
    const envelope = Envelope.decode(bytesOf('1a026d31', ...unknown, field('0a', small)));
    expect(envelope.payload).toBe(small);
    expect(envelope.messageId).toBe('m1');
    expect(envelope.partitionKey).toBeUndefined();
  });

  it('keep a lone surrogate of an event as the escape that JSON writes', () => {
    const envelope = Envelope.ofEvent({ ...plain, data: '\ud800' });
    expect(Envelope.decode(envelope.encode()).event.data).toBe('\ud800');
  });

  it.each([
    ['a length beyond the end', '0a057b7d'],
    ['a tag without a value', '0a'],
    ['field number 0', '0001'],
    ['a payload that is not UTF-8', '0a02c328'],
    ['a partition key that is not UTF-8', '120180'],
    ['a group that does not end', '0b'],
    ['a varint without end', 'ffffffffffffffffffffff'],
  ])('are refused with %s', (_, bytes) => {
    expect(() => Envelope.decode(bytesOf(bytes))).toThrow('ENVELOPE_UNREADABLE');
    expect(() => Envelope.decodeTrusted(bytesOf(bytes))).toThrow('ENVELOPE_UNREADABLE');
  });

  it.each([
    ['no bytes', '', 'RECORD_EMPTY'],
    ['no payload', '12026b31', 'RECORD_EMPTY'],
    ['a payload that is not JSON', field('0a', 'hello'), 'RECORD_NOT_JSON'],
    ['a payload that is no event', field('0a', '{}'), 'INVALID_CLOUD_EVENT'],
  ])('are refused with %s', (_, bytes, code) => {
    expect(() => Envelope.decode(bytesOf(bytes))).toThrow(code);
  });

  it('are parsed only when the event is asked for, where they are trusted', () => {
    const envelope = Envelope.decodeTrusted(bytesOf(field('0a', 'not JSON'), '1a026d31'));
    expect(envelope.messageId).toBe('m1');
    expect(envelope.payload).toBe('not JSON');
    expect(() => envelope.event).toThrow(SyntaxError);
    const good = Envelope.decodeTrusted(bytesOf(field('0a', text)));
    expect(good.event).toEqual(plain);
    expect(Object.isFrozen(good.event.data)).toBe(true);
  });

  it('are made once', () => {
    const envelope = Envelope.ofPayload(small);
    expect(envelope.encode()).toBe(envelope.encode());
    const stored = bytesOf(field('0a', small), '320161');
    expect(Envelope.decodeTrusted(stored).encode()).toBe(stored);
    expect(hex(Envelope.decodeTrusted(stored).with({ messageId: 'm1' }).encode())).toBe(`${field('0a', small)}1a026d31`);
  });

  it('are those that the generated code writes, whatever the texts', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary', maxLength: 300 }), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        (text, partitionKey, messageId) => {
          const envelope = Envelope.ofEvent({ ...plain, data: text }, { partitionKey, messageId });
          const { payload } = envelope;
          const generated = EnvelopeMessage.encode({ payload, partitionKey: partitionKey ?? null, messageId: messageId ?? null }).finish();
          expect(hex(envelope.encode())).toBe(hex(generated));
          expect(envelope.encode().byteLength).toBeLessThanOrEqual(envelope.encodedBytesMax);
        },
      ),
      { seed: 20_267, numRuns: 300 },
    );
  });

  it('give back what they were made from, whatever the data', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.option(fc.string(), { nil: undefined }),
        fc.option(fc.string(), { nil: undefined }),
        (value, partitionKey, messageId) => {
          const data: unknown = JSON.parse(JSON.stringify(value));
          const read = Envelope.decode(Envelope.ofEvent({ ...plain, data }, { partitionKey, messageId }).encode());
          expect(read.event.data).toEqual(data);
          expect([read.partitionKey, read.messageId]).toEqual([partitionKey, messageId]);
        },
      ),
      { seed: 20_266, numRuns: 300 },
    );
  });

  it('never crash the reader with anything but a refusal', () => {
    const good = Envelope.ofPayload(small, { partitionKey: 'k', messageId: 'm' }).encode();
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), fc.boolean(), (index, value, cut) => {
        const bytes = Uint8Array.from(cut ? good.subarray(0, index) : good);
        if (!cut) bytes[index] = value;
        try {
          Envelope.decode(bytes);
        } catch (error) {
          expect(error).toMatchObject({ name: 'StatefunError', outcome: 'give-up' });
        }
      }),
      { seed: 20_267, numRuns: 1000 },
    );
  });
});
