import { describe, expect, it } from '@jest/globals';
import { decodeFromFunction } from '../../../src/request-reply/protocol/decode-response.ts';
import { encodeFromFunction } from '../../../src/request-reply/protocol/encode-response.ts';
import type { BatchResponse, InvocationBatch } from '../../../src/functions/remote/invocation-batch.ts';
import { decodeToFunction, encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { kafkaRecord, kafkaRecordTypename } from '../../../src/request-reply/protocol/egress-records.ts';
import { bytesOf, greeter, hex, intOne, intTypename, person, stringHi, visits } from '../golden.ts';

const one = { typename: 'io.statefun.types/int', hasValue: true, value: bytesOf('0D01000000') };
const hi = { typename: 'io.statefun.types/string', hasValue: true, value: bytesOf('0A026869') };
const bob = { type: 'example/person', id: 'Bob' };
const target = { type: 'example/greeter', id: 'Bob' };
const nothing = { kind: 'result', mutations: [], messages: [], delayed: [], egress: [] } as const;

const requests: readonly (readonly [string, InvocationBatch, string])[] = [
  [
    'a message from an ingress',
    { target: bob, states: [], invocations: [{ caller: undefined, argument: one }] },
    `A2063C 0A16 ${person} 1A22 1220 ${intOne}`,
  ],
  [
    'with a state in which nothing is stored',
    { target: bob, states: [{ name: 'visits', value: undefined }], invocations: [{ caller: undefined, argument: one }] },
    `A20646 0A16 ${person} 1208 0A ${visits} 1A22 1220 ${intOne}`,
  ],
  [
    'with a stored state',
    { target: bob, states: [{ name: 'visits', value: one }], invocations: [{ caller: undefined, argument: one }] },
    `A20668 0A16 ${person} 122A 0A ${visits} 1220 ${intOne} 1A22 1220 ${intOne}`,
  ],
];

const visitsSpec = { name: 'visits', typename: 'io.statefun.types/int', expiration: undefined };

const responses: readonly (readonly [string, BatchResponse, string])[] = [
  ['success without effects', nothing, 'A20600'],
  ['a missing state', { kind: 'incomplete', missing: [visitsSpec] }, `AA0621 0A1F 0A ${visits} 1A15 ${intTypename}`],
  [
    'a missing state that expires an hour after it is written',
    { kind: 'incomplete', missing: [{ ...visitsSpec, expiration: { after: 'write', afterMs: 3_600_000 } }] },
    `AA062A 0A28 0A ${visits} 1207 0801 1080DDDB01 1A15 ${intTypename}`,
  ],
  [
    'a missing state that expires a day after it is written',
    { kind: 'incomplete', missing: [{ ...visitsSpec, expiration: { after: 'write', afterMs: 86_400_000 } }] },
    `AA062A 0A28 0A ${visits} 1207 0801 1080B89929 1A15 ${intTypename}`,
  ],
  [
    'a missing state that expires five minutes after a call',
    { kind: 'incomplete', missing: [{ ...visitsSpec, expiration: { after: 'invoke', afterMs: 300_000 } }] },
    `AA0629 0A27 0A ${visits} 1206 0802 10E0A712 1A15 ${intTypename}`,
  ],
  ['a changed state', { ...nothing, mutations: [{ name: 'visits', value: one }] }, `A2062E 0A2C 0801 12 ${visits} 1A20 ${intOne}`],
  ['a deleted state', { ...nothing, mutations: [{ name: 'visits', value: undefined }] }, `A2060A 0A08 12 ${visits}`],
  ['a message', { ...nothing, messages: [{ target, argument: hi }] }, `A2063F 123D 0A17 ${greeter} 1222 ${stringHi}`],
  [
    'a message after half an hour, with a token',
    { ...nothing, delayed: [{ kind: 'send', delayMs: 1_800_000, cancellationToken: 't1', target, argument: hi }] },
    `A20647 1A45 08C0EE6D 1217 ${greeter} 1A22 ${stringHi} 5A027431`,
  ],
  ['a cancellation', { ...nothing, delayed: [{ kind: 'cancel', cancellationToken: 't1' }] }, 'A20608 1A06 5001 5A027431'],
  [
    'a record of Kafka',
    {
      ...nothing,
      egress: [{ egressId: 'example/alerts', argument: kafkaRecord({ topic: 't', key: 'Bob', value: Buffer.from('hi') }) }],
    },
    `A20665 2263 0A076578616D706C65 1206616C65727473 1A50 0A3E ${Buffer.from(kafkaRecordTypename).toString('hex')} 1001 1A0C 0A03426F62 12026869 1A0174`,
  ],
];

describe('golden vectors', () => {
  it.each(requests)('of a request: %s', (_name, batch, expected) => {
    expect(hex(encodeToFunction(batch))).toBe(hex(bytesOf(expected)));
    expect(decodeToFunction(bytesOf(expected))).toEqual(plain(batch));
  });

  it.each(responses)('of an answer: %s', (_name, response, expected) => {
    expect(hex(encodeFromFunction(response))).toBe(hex(bytesOf(expected)));
    expect(decodeFromFunction(bytesOf(expected))).toEqual(plain(response));
  });

  it('of an answer: zero bytes are success without effects', () => {
    expect(decodeFromFunction(new Uint8Array(0))).toEqual(nothing);
  });

  it('of an answer: Python and Go write an expiration that is none', () => {
    const bytes = bytesOf(`AA0623 0A21 0A ${visits} 1200 1A15 ${intTypename}`);
    expect(decodeFromFunction(bytes)).toEqual({ kind: 'incomplete', missing: [visitsSpec] });
  });

  it('of an answer: a delay of 100,000 milliseconds', () => {
    const delayed = { kind: 'send', delayMs: 100_000, cancellationToken: undefined, target, argument: hi } as const;
    expect(hex(encodeFromFunction({ ...nothing, delayed: [delayed] }))).toContain('08a08d06');
  });
});

/** With a Buffer for every value, as the decoder answers: jest compares the classes of byte arrays. */
function plain<T>(message: T): T {
  if (message instanceof Uint8Array) return Buffer.from(message) as unknown as T;
  if (Array.isArray(message)) return message.map(plain) as unknown as T;
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]: [string, unknown]) => [key, plain(value)])) as T;
}
