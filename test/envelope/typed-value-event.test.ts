import { describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { completeEvent } from '../../src/envelope/complete-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import { EnvelopeMessage } from '../../src/envelope/generated/envelope-message.ts';
import { typedValue } from '../../src/envelope/typed-value-event.ts';
import type { TypedValue } from '../../src/shared/typed-value.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const typed = (typename: string, value: Uint8Array | string, hasValue = true): TypedValue => ({
  typename,
  hasValue,
  value: typeof value === 'string' ? Buffer.from(value) : value,
});
const sent = (typename: string, data: unknown): CloudEvent =>
  completeEvent(typedValue(typename, data), { id: '1', source: '/s', timeMs: Date.UTC(2026, 0, 1) });
const dataOf = (value: TypedValue): unknown => Envelope.ofTypedValue(value, { messageId: 'm' }).event.data;

describe('a typed value in an envelope', () => {
  it('is an event named after its type for functions of this process', () => {
    expect(Envelope.ofTypedValue(typed('demo/Login', '{"user":"Ann"}\n'), { messageId: 'm' }).event).toEqual({
      specversion: '1.0',
      id: 'm',
      source: '/statefun/typed-value',
      type: 'demo/Login',
      datacontenttype: 'application/json',
      data: { user: 'Ann' },
    });
  });

  // The bytes are StateFun's own, written by hand from its schema.
  it.each([
    ['bool', '08 01', true],
    ['bool', '', false],
    ['int', '0D 54 04 00 00', 1108],
    ['int', '0D FF FF FF FF', -1],
    ['long', '09 FF FF FF FF FF FF FF FF', '-1'],
    ['long', '', '0'],
    ['float', '0D 00 00 C0 3F', 1.5],
    ['double', '09 00 00 00 00 00 00 F0 3F', 1],
    ['string', '0A 0C 68 65 6C 6C 6F 20 77 6F 72 6C 64 21', 'hello world!'],
    ['string', '', ''],
  ])('has the data of a built-in %s %s, and the same bytes back', (name, hex, data) => {
    const typename = `io.statefun.types/${name}`;
    expect(dataOf(typed(typename, bytes(hex)))).toBe(data);
    const event = sent(typename, data);
    expect(Buffer.from(Envelope.ofEvent(event).typedValue.value).toString('hex')).toBe(hex.replaceAll(' ', '').toLowerCase());
  });

  it.each([
    ['bytes that are neither', typed('demo/Login', bytes('0A 03 42 6F 62'))],
    ['text that only looks like JSON', typed('demo/Login', '{"user":')],
    ['a built-in type in another form', typed('io.statefun.types/int', bytes('08 01'))],
    ['a number that JSON cannot say', typed('io.statefun.types/double', bytes('09 00 00 00 00 00 00 F8 7F'))],
    ['JSON nested too deeply', typed('demo/Deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  ])('keeps %s in data_base64', (_what, value) => {
    const { event } = Envelope.ofTypedValue(value);
    expect(event.data).toBeUndefined();
    expect(event.data_base64).toBe(Buffer.from(value.value).toString('base64'));
  });

  it('is written to Protobuf and read back, ids and all, with zero bytes told from none', () => {
    for (const value of [typed('demo/Login', 'x'), typed('demo/Zero', ''), typed('demo/None', '', false)]) {
      const encoded = Envelope.ofTypedValue(value, { messageId: 'm', partitionKey: 'k' }).encode();
      for (const read of [Envelope.decode(encoded), Envelope.decodeTrusted(encoded)]) {
        expect(read).toMatchObject({ messageId: 'm', partitionKey: 'k', isTypedValue: true });
        expect(Buffer.from(read.typedValue.value)).toEqual(Buffer.from(value.value));
        expect(read.typedValue).toMatchObject({ typename: value.typename, hasValue: value.hasValue });
      }
    }
    const generated = EnvelopeMessage.encode({ messageId: 'm', typename: 'demo/Login', value: bytes('01') }).finish();
    const own = Envelope.ofTypedValue(typed('demo/Login', bytes('01')), { messageId: 'm' }).encode();
    expect(Buffer.from(own).toString('hex')).toBe(Buffer.from(generated).toString('hex'));
  });

  it('is checked when its bytes come from outside', () => {
    expect(() => Envelope.decode(EnvelopeMessage.encode({ typename: '' }).finish())).toThrow('ENVELOPE_UNREADABLE');
    const event = (text: string) => EnvelopeMessage.encode({ typename: 'io.cloudevents/CloudEvent', value: Buffer.from(text) }).finish();
    expect(() => Envelope.decode(event('{}'))).toThrow('INVALID_CLOUD_EVENT');
    expect(Envelope.decode(event('{"specversion":"1.0","id":"1","source":"/s","type":"t"}')).isTypedValue).toBe(false);
  });

  it('counts its bytes without writing any', () => {
    expect(Envelope.ofTypedValue(typed('demo/Login', 'four')).payloadBytes).toBe(14);
  });

  it('gives each message an event of its own id', () => {
    const first = Envelope.ofTypedValue(typed('demo/Login', '{}'), { messageId: 'm' });
    expect(first.with({ messageId: 'n' }).event.id).toBe('n');
    expect(first.event.id).toBe('m');
    expect(first.event).toBe(first.event);
  });
});

describe('an event as a typed value', () => {
  const text = '{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"price":42.0}}';

  it('is its CloudEvents JSON, and the same event again where it comes back', () => {
    const { typedValue: value } = Envelope.ofPayload(text);
    expect(value.typename).toBe('io.cloudevents/CloudEvent');
    expect(Buffer.from(value.value).toString()).toBe(text);
    const back = Envelope.ofTypedValue(value, { messageId: 'm' });
    expect(back.isTypedValue).toBe(false);
    expect(back.payload).toBe(text);
  });

  it('is refused on its way back when it is no event', () => {
    expect(() => Envelope.ofTypedValue(typed('io.cloudevents/CloudEvent', '{}'))).toThrow('INVALID_CLOUD_EVENT');
  });

  it('is the value that it was made of', () => {
    const { typename, value } = Envelope.ofEvent(sent('demo/Reply', { seen: 2 })).typedValue;
    expect([typename, Buffer.from(value).toString()]).toEqual(['demo/Reply', '{"seen":2}']);
    const binary = Envelope.ofEvent(sent('demo/Reply', Buffer.from([1, 2]))).typedValue;
    expect(Buffer.from(binary.value)).toEqual(Buffer.from([1, 2]));
    expect(Envelope.ofEvent(sent('demo/Reply', undefined)).typedValue).toMatchObject({ typename: 'demo/Reply', hasValue: false });
  });
});
