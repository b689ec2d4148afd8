import fc from 'fast-check';
import { runInNewContext } from 'node:vm';
import { CloudEvent } from '../../src/envelope/cloud-event.ts';

/** Names and texts that JSON escapes, that are not ASCII, or that mean something to JavaScript. */
const text = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'items',
    '10',
    '2',
    '"',
    '\\',
    '\u0000',
    '\ud800',
    'x\udc00y',
    'é',
    '€',
    '😀',
    '\u2028',
    '__proto__',
    'toJSON',
    '\u007f',
  ),
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e21, 1e-7, 5e-324, 2 ** 53, -1.5),
);

/** What JSON would change or lose. */
const lost = fc.oneof(
  fc.constantFrom<unknown>(NaN, Infinity, -Infinity, Symbol('s'), 1n, undefined),
  fc.constant(null).map(() => new Date(0)),
  fc.constant(null).map(() => new Map([['a', 1]])),
  fc.constant(null).map(() => () => 1),
  fc.constant(null).map(() => new String('boxed')),
  fc.constant(null).map(() => new (class Point {})()),
  fc.constant(null).map(() => Uint8Array.of(1, 2)),
  fc.constant(null).map(() => ({ toJSON: () => 'other' })),
  fc.constant(null).map(() => {
    const cycle: Record<string, unknown> = { name: 'cycle' };
    cycle['self'] = [cycle];
    return cycle;
  }),
  fc.constant(null).map(() => [1, , 3]),
);

/** Plain objects that are made in another way than by a literal. */
const foreign = fc.oneof(
  fc.constant(null).map((): unknown => runInNewContext('({ a: [1, { b: "ü" }], c: undefined })')),
  fc.constant(null).map((): unknown => runInNewContext('[{ a: 1 }]')),
  fc.constant(null).map((): unknown => Object.assign(Object.create(null) as object, { a: 1, b: [2] })),
  fc.constant(null).map((): unknown => JSON.parse('{"__proto__":{"a":1},"toJSON":2}')),
  fc.constant(null).map((): unknown => Object.defineProperty({ a: 1 }, 'hidden', { value: 2, enumerable: false })),
  fc.constant(null).map((): unknown => Object.freeze({ a: Object.freeze([1]), [Symbol('s')]: 1 })),
);

const nested = fc.integer({ min: 495, max: 503 }).map((levels) => {
  let value: unknown = 'deepest';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
});

const { value: kept } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(text, number, fc.boolean(), fc.constant(null), foreign),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, fc.oneof({ weight: 8, arbitrary: tie('value') }, { weight: 1, arbitrary: fc.constant(undefined) }), { maxKeys: 4 }),
  ),
}));

const { value: any } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: kept },
    { weight: 1, arbitrary: lost },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(text, tie('value'), { maxKeys: 3 }) },
  ),
}));

const data = fc.oneof({ weight: 10, arbitrary: kept }, { weight: 3, arbitrary: any }, { weight: 1, arbitrary: nested });

const source = fc.constantFrom<unknown>('/s', 'http://example.com/a"b', '//h:1/x', 'a b', '', 5, null, undefined, '/ä', '/%C3%A4');
const type = fc.constantFrom<unknown>('shop.sold', 'größe', 't"', '\ud800', '', 5, undefined);

const attributes = fc.record(
  {
    id: fc.constantFrom<unknown>('mine', '', undefined),
    specversion: fc.constantFrom<unknown>('1.0', '0.3', undefined),
    time: fc.constantFrom<unknown>('2020-01-01T00:00:00Z', 'today', undefined, null),
    datacontenttype: fc.constantFrom<unknown>('text/plain', '', undefined, null),
    subject: fc.oneof(text, fc.constant(undefined)),
    dataschema: fc.constantFrom<unknown>('http://example.com/s', 'relative', undefined),
    data_base64: fc.constantFrom<unknown>('Zm9v', '%', undefined),
    shop: fc.oneof(text, number, fc.boolean(), any),
    'shop-id': fc.constant('x'),
  },
  { requiredKeys: [] },
);

const plain = fc.record({ type, source, data }, { requiredKeys: ['data', 'type'] });

/** Events as functions may give them to an egress: most are right, some have one mistake or several, and a few are no events at all. */
export const oddEvent: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constantFrom('shop.sold', 'größe'), data: kept, source: fc.constantFrom('/s', undefined) }),
  },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('shop.sold'), data }, { requiredKeys: ['type'] }) },
  { weight: 4, arbitrary: plain },
  { weight: 4, arbitrary: fc.tuple(plain, attributes).map(([event, others]) => ({ ...others, ...event })) },
  {
    weight: 1,
    arbitrary: kept.map((content) => new CloudEvent({ id: '1', source: '/s', type: 't', data: content }, false)),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, undefined, 5, 'text', [], {}, { data: Uint8Array.of(1), type: 't' }) },
);
