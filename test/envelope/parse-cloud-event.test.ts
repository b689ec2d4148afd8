import { describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '../../src/envelope/parse-cloud-event.ts';
import { StatefunError } from '../../src/shared/errors.ts';

const text = '{"specversion":"1.0","id":"1","source":"/shop","type":"shop.sold","partitionkey":"k","data":{"id":"a","tags":["x"]}}';

function codeOf(data: string | Uint8Array, bytesMax?: number): string | undefined {
  try {
    parseCloudEvent(data, bytesMax);
    return undefined;
  } catch (error) {
    expect(StatefunError.is(error) && error.outcome).toBe('give-up');
    return (error as StatefunError).code;
  }
}

describe('parseCloudEvent', () => {
  it('reads an event from text and from UTF-8 bytes, extensions kept', () => {
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/shop',
      type: 'shop.sold',
      partitionkey: 'k',
      data: { id: 'a', tags: ['x'] },
    };
    expect(parseCloudEvent(text)).toEqual(event);
    expect(parseCloudEvent(new TextEncoder().encode(text))).toEqual(event);
  });

  it('freezes the event all the way down', () => {
    const event = parseCloudEvent(text);
    const data = event.data as { tags: string[] };
    expect(() => data.tags.push('y')).toThrow(TypeError);
    expect(() => Object.assign(event, { id: '2' })).toThrow(TypeError);
  });

  it('leaves base64 data as it is', () => {
    const event = parseCloudEvent('{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"Zm9v"}');
    expect(event['data_base64']).toBe('Zm9v');
    expect('data' in event).toBe(false);
  });

  it.each([
    ['no bytes', new Uint8Array(), 'RECORD_EMPTY'],
    ['no text', '', 'RECORD_EMPTY'],
    ['a byte that UTF-8 never has', Uint8Array.of(0x7b, 0xff, 0x7d), 'RECORD_NOT_UTF8'],
    ['a character cut short', Uint8Array.of(0x22, 0xe6, 0xbc), 'RECORD_NOT_UTF8'],
    ['a surrogate written as UTF-8', Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 'RECORD_NOT_UTF8'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 0x08), 'RECORD_NOT_UTF8'],
    ['words', 'hello', 'RECORD_NOT_JSON'],
    ['JSON cut short', text.slice(0, -1), 'RECORD_NOT_JSON'],
    ['two events in one record', `${text}\n${text}`, 'RECORD_NOT_JSON'],
    ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]), 'RECORD_NOT_JSON'],
    ['blanks', '  \n', 'RECORD_NOT_JSON'],
    ['a list', `[${text}]`, 'RECORD_NOT_OBJECT'],
    ['null', 'null', 'RECORD_NOT_OBJECT'],
    ['a number', '5', 'RECORD_NOT_OBJECT'],
    ['a text', '"hello"', 'RECORD_NOT_OBJECT'],
    ['an empty object', '{}', 'INVALID_CLOUD_EVENT'],
    ['another specversion', text.replace('"1.0"', '"0.3"'), 'INVALID_CLOUD_EVENT'],
    ['an attribute of the prototype', text.replace('partitionkey', '__proto__'), 'INVALID_CLOUD_EVENT'],
    ['arrays in arrays without end', `${text.slice(0, -1)},"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'EVENT_NOT_SERIALIZABLE'],
  ])('refuses %s', (_, data, code) => {
    expect(codeOf(data)).toBe(code);
  });

  it.each(['specversion', 'id', 'source', 'type'])('refuses an event without %s and names it', (attribute) => {
    const event = JSON.parse(text) as Record<string, unknown>;
    const left = JSON.stringify({ ...event, [attribute]: undefined });
    expect(() => parseCloudEvent(left)).toThrow(`INVALID_CLOUD_EVENT: attribute "${attribute}"`);
  });

  it('reads a payload of 1 MiB', () => {
    const padded = text.replace('"a"', `"${'a'.repeat(2 ** 20 - text.length + 1)}"`);
    expect(Buffer.byteLength(padded)).toBe(2 ** 20);
    expect(codeOf(Buffer.from(padded))).toBeUndefined();
  });

  it('refuses a payload of more bytes than the limit, counting bytes and not characters', () => {
    const event = text.replace('"a"', '"漢字"');
    const bytes = Buffer.byteLength(event);
    expect(bytes).toBe(event.length + 4);
    for (const data of [event, Buffer.from(event)]) {
      expect(codeOf(data, bytes)).toBeUndefined();
      expect(codeOf(data, bytes - 1)).toBe('MESSAGE_TOO_LARGE');
    }
  });

  it('refuses more than 16 MiB where nothing else is said', () => {
    expect(codeOf(new Uint8Array(16 * 2 ** 20 + 1))).toBe('MESSAGE_TOO_LARGE');
  });
});
