import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import { typedValueSource } from '../../src/envelope/typed-value-event.ts';

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64');
const attributes = { specversion: '1.0', id: '1', source: '/s', type: 't' };
const event = (datacontenttype: string | undefined, bytes: string | Uint8Array, more: object = {}): Readonly<Record<string, unknown>> => ({
  ...attributes,
  ...(datacontenttype === undefined ? {} : { datacontenttype }),
  data_base64: base64(bytes),
  ...more,
});

describe('JSON in data_base64', () => {
  it.each([
    'application/json',
    'text/json',
    'Application/JSON; charset=utf-8',
    'application/vnd.shop+json',
    ' application/problem+json ;x=y',
  ])('is data, with the content type %s: from a text, from the log, and where an event is made', (type) => {
    const given = event(type, '{"name":"Jos\u00e9","items":[1]}');
    const expected = { ...attributes, datacontenttype: type, data: { name: 'José', items: [1] } };
    const text = JSON.stringify(given);
    const read = Envelope.ofPayload(text);
    expect(read.event).toEqual(expected);
    expect(read.payload).toBe(text);
    expect(Envelope.decodeTrusted(read.encode()).event).toEqual(expected);
    expect(Envelope.decode(read.encode()).event).toEqual(expected);
    const made = Envelope.ofEvent(given as never);
    expect(made.event).toEqual(expected);
    expect(Envelope.decodeTrusted(made.encode()).event).toEqual(expected);
    expect(Object.isFrozen((read.event.data as { items: unknown }).items)).toBe(true);
  });

  it('is data in an event of the cloudevents package with bytes', () => {
    const made = new CloudEvent({ ...attributes, datacontenttype: 'application/json', data: Buffer.from('[1]') });
    expect(Envelope.ofEvent(made).event.data).toEqual([1]);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['of no content type', event(undefined, '{}')],
    ['of another content type', event('application/octet-stream', '{}')],
    ['of JSON lines', event('application/json-seq', '{}')],
    ['that are no JSON', event('application/json', '{')],
    ['that are none at all', event('application/json', '')],
    ['that are not UTF-8', event('application/json', Uint8Array.of(0x22, 0xff, 0x22))],
    ['nested too deeply', event('application/json', '['.repeat(2_000) + ']'.repeat(2_000))],
    ['with a number that is none', event('application/json', '1e400')],
    ['of a value of another language', event('application/json', '{}', { source: typedValueSource })],
  ])('stays what it is: bytes %s', (_, given) => {
    for (const envelope of [Envelope.ofPayload(JSON.stringify(given)), Envelope.ofEvent(given as never)]) {
      expect(envelope.event).toEqual(given);
      expect(Envelope.decodeTrusted(envelope.encode()).event).toEqual(given);
    }
  });

  it('is not looked at beside data', () => {
    expect(Envelope.ofPayload(JSON.stringify(event('application/json', '1', { data: 2 }))).event).toMatchObject({
      data: 2,
      data_base64: 'MQ==',
    });
  });
});
