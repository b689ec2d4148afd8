import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkCloudEvent } from '../../src/envelope/check-cloud-event.ts';
import { StatefunError } from '../../src/shared/errors.ts';
import { isValidForPackage } from './package-verdict.ts';

const good = { specversion: '1.0', id: '1', source: '/shop', type: 'shop.sold' };

function problemOf(event: unknown): StatefunError | undefined {
  try {
    checkCloudEvent(event);
    return undefined;
  } catch (error) {
    if (StatefunError.is(error)) return error;
    throw error;
  }
}

const required = ['specversion', 'id', 'source', 'type'];

const table: Readonly<Record<string, readonly unknown[]>> = {
  specversion: [undefined, null, '', '0.3', '1.1', '1', 1, '1.0'],
  id: [undefined, null, '', 0, 7, true, {}, 'x', ' ', '漢'],
  type: [undefined, null, '', 0, 'shop.sold', 'a b'],
  source: [
    ...[undefined, null, '', 3, '/', '/a b', 'a', 'a/b?c#d', '#', '?', '#a#b', 'http://example.com/product-service', 'HTTP://EXAMPLE.COM'],
    ...[
      'mailto:a@b',
      'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
      '1-555-123-4567',
      'http://[::1]/x',
      'http://[::1',
      'http://[1::2::3]',
    ],
    ...[
      'http://a:99999',
      'http://a:b',
      'http://u:p@h',
      '%41',
      '%4',
      '%zz',
      'ä',
      'http://ä.de',
      '\\',
      '"',
      'http://a/"',
      '//',
      '///',
      '//a',
      ':',
      ':a',
    ],
    ...[
      'http://[v1.a]/',
      'http://1.2.3.4',
      'http://[::ffff:1.2.3.4]',
      'http://[fe80::1%25en0]',
      '[',
      'a:b:c',
      '{}',
      '<',
      '|',
      '^',
      '`',
      'a\n',
    ],
  ],
  dataschema: [
    ...[
      undefined,
      null,
      '',
      1,
      'relative',
      '/x',
      'http://example.com/schema',
      'urn:a',
      'a:',
      'a://',
      'a:b"',
      'http://a b',
      'x:%',
      '1:a',
      'a:#',
    ],
    ...['http://[::1]:80/a?b#c', 'http:///a', 'a+b-c.d:e'],
  ],
  subject: [undefined, null, '', 5, 'x', {}],
  datacontenttype: [undefined, null, '', 5, 'application/json', 'no type'],
  time: [
    ...[
      undefined,
      null,
      5,
      '',
      '2026-02-28T10:00:00Z',
      '2026-02-29T10:00:00Z',
      '2024-02-29T10:00:00Z',
      '1900-02-29T00:00:00Z',
      '2000-02-29T00:00:00Z',
    ],
    ...[
      '2026-04-31T00:00:00Z',
      '2026-12-31T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-01-01T24:00:00Z',
    ],
    ...[
      '2026-01-01T23:59:60Z',
      '2026-01-01T22:59:60Z',
      '2026-01-01T10:60:00Z',
      '2026-01-01T10:00:61Z',
      '2026-01-01T10:00:00',
      '2026-01-01',
    ],
    ...[
      '2026-01-01 10:00:00Z',
      '2026-01-01t10:00:00z',
      '2026-01-01T10:00:00.123456Z',
      '2026-01-01T10:00:00.Z',
      '2026-01-01T10:00:00+01:00',
    ],
    ...[
      '2026-01-01T10:00:00+0100',
      '2026-01-01T10:00:00+01',
      '2026-01-01T10:00:00+99:99',
      '2026-01-01T10:00Z',
      'yesterday',
      '2026-01-01T10:00:00Z ',
    ],
    ...['2026-01-01\n10:00:00Z', '2026-01-01TT10:00:00Z', '20260101T100000Z', '12026-01-01T10:00:00Z'],
  ],
  data: [undefined, null, 0, 1.5, Number.NaN, Infinity, '', 'x', true, [], {}, { a: [1] }, 1n, Symbol('s'), () => 1],
  data_base64: [
    undefined,
    null,
    '',
    'Zm9v',
    'Zm8=',
    'Zm8',
    'Zg==',
    'Zg=',
    'Zg',
    'Z',
    '====',
    '=',
    'Zm9v=',
    'Zm9vZg===',
    'Zm 9v\n',
    'Z-_v',
    '!',
    5,
    12,
    true,
    {},
  ],
  schemaurl: [undefined, null, '', 'http://a', 0],
  datacontentencoding: [undefined, null, 'base64', 1.5],
  shop: ['text', '', 5, -1, 2 ** 53, 1.5, Number.NaN, true, null, undefined, {}, [], { deep: { er: 1 } }, 1n, Symbol('s'), () => 1],
  a1: ['x'],
  '1a': ['x'],
  constructor: ['x'],
  averylongattributenamethatislongerthantwentycharacters: ['x'],
  Shop: ['x'],
  'shop-id': ['x'],
  shop_id: ['x'],
  '': ['x'],
  ä: ['x'],
};

const rows = Object.entries(table).flatMap(([name, values]) => values.map((value) => ({ name, value })));

describe('checkCloudEvent', () => {
  it.each(rows)('says what the cloudevents package says about $name: $value', ({ name, value }) => {
    const event = { ...good, [name]: value };
    expect(problemOf(event) === undefined).toBe(isValidForPackage(event));
  });

  it('compares good events and bad ones', () => {
    const verdicts = rows.map(({ name, value }) => isValidForPackage({ ...good, [name]: value }));
    expect(verdicts.filter((valid) => valid).length).toBeGreaterThan(60);
    expect(verdicts.filter((valid) => !valid).length).toBeGreaterThan(60);
  });

  it('says what the package says about data beside data_base64', () => {
    const event = { ...good, data: 'foo', data_base64: 'Zm9v' };
    expect(isValidForPackage(event)).toBe(true);
    expect(problemOf(event)).toBeUndefined();
  });

  it.each(required)('refuses an event without %s, as the package does, and names the attribute', (name) => {
    const event = Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    expect(isValidForPackage(event)).toBe(false);
    expect(problemOf(event)).toMatchObject({ code: 'INVALID_CLOUD_EVENT', facts: { attribute: name } });
  });

  it('names the attribute, the event and the value', () => {
    expect(problemOf({ ...good, time: 'yesterday' })?.summary).toBe(
      'attribute "time" of event "1" is "yesterday", not a date and time of RFC 3339.',
    );
  });

  it.each([[null], [undefined], ['text'], [5], [[]]])('refuses %j, which is no object', (value) => {
    expect(problemOf(value)?.code).toBe('INVALID_CLOUD_EVENT');
  });

  it('accepts an extension named validate, on which the package stumbles over its own method', () => {
    expect(problemOf({ ...good, validate: 'x' })).toBeUndefined();
  });

  it('takes a source of a million characters', () => {
    expect(problemOf({ ...good, source: 'a'.repeat(1_000_000) })).toBeUndefined();
    expect(problemOf({ ...good, source: `${'a'.repeat(1_000_000)} ` })?.facts['attribute']).toBe('source');
  });

  it('says what the package says about events of any attributes', () => {
    const name = fc
      .oneof(fc.constantFrom(...Object.keys(table)), fc.string({ maxLength: 5 }))
      .filter((key) => key !== 'validate' && key !== '__proto__');
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...rows.map((row) => row.value)));
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 3 }), (attributes) => {
        const event = { ...good, ...attributes };
        expect(problemOf(event) === undefined).toBe(isValidForPackage(event));
      }),
      { seed: 20_263, numRuns: 3000 },
    );
  });
});
