import { describe, expect, it } from '@jest/globals';
import { decodeFromFunction } from '../../../src/request-reply/protocol/decode-response.ts';
import { encodeFromFunction } from '../../../src/request-reply/protocol/encode-response.ts';
import { decodeToFunction, encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { bytesOf, greeter, intOne, intTypename, person, stringHi, visits } from '../golden.ts';

const bob = { type: 'example/person', id: 'Bob' };
const request = bytesOf(`A20668 0A16 ${person} 122A 0A ${visits} 1220 ${intOne} 1A22 1220 ${intOne}`);
const nothing = { kind: 'result', mutations: [], messages: [], delayed: [], egress: [] };

/** A field of any number with bytes below 128. */
function field(tag: string, content: string): string {
  const bytes = bytesOf(content).byteLength;
  const length = bytes < 128 ? [bytes] : [(bytes & 0x7f) | 0x80, bytes >> 7];
  return `${tag} ${Buffer.from(length).toString('hex')} ${content}`;
}

/** Unknown fields of every wire type, groups within groups among them. */
const unknown = '9801 05 9101 0102030405060708 9201 03 616263 9301 9801 01 A301 A401 9401 9D01 01020304';

describe('decoding', () => {
  it('does not depend on the order of fields', () => {
    const typed = `1A05 0D01000000 1001 0A15 ${intTypename}`;
    const address = '1A03426F62 1206706572736F6E 0A076578616D706C65';
    const batch = `${field('1A', field('12', typed))} ${field('12', `${field('12', typed)} 0A ${visits}`)} ${field('0A', address)}`;
    expect(decodeToFunction(bytesOf(field('A206', batch)))).toEqual(decodeToFunction(request));
  });

  it('skips unknown fields of every wire type, wherever they are', () => {
    const typed = `${unknown} ${intOne} ${unknown}`;
    const invocation = field('1A', `${unknown} ${field('12', typed)} ${unknown}`);
    const state = field('12', `${unknown} 0A ${visits} ${field('12', typed)}`);
    const batch = `${unknown} ${field('0A', `${unknown} ${person}`)} ${state} ${invocation} ${unknown}`;
    const bytes = bytesOf(`${unknown} ${field('A206', batch)} ${unknown}`);
    expect(decodeToFunction(bytes)).toEqual(decodeToFunction(request));
  });

  it('skips the metadata that a fork puts beside a typed value', () => {
    const typed = `${intOne} 2206 0A016B 120176`;
    expect(decodeToFunction(bytesOf(field('A206', `0A16 ${person} ${field('1A', field('12', typed))}`))).invocations[0]?.argument).toEqual(
      decodeToFunction(request).invocations[0]?.argument,
    );
  });

  it('finds a cancellation wherever its fields are', () => {
    const cancellation = { ...nothing, delayed: [{ kind: 'cancel', cancellationToken: 't1' }] };
    expect(decodeFromFunction(bytesOf('A20608 1A06 5001 5A027431'))).toEqual(cancellation);
    expect(decodeFromFunction(bytesOf('A20608 1A06 5A027431 5001'))).toEqual(cancellation);
    expect(decodeFromFunction(bytesOf(field('A206', field('1A', `08C0EE6D 1217 ${greeter} 5A027431 5001`))))).toEqual(cancellation);
  });

  it('merges a message that occurs again; of single values the last counts', () => {
    const first = '0A076578616D706C65 1206706572736F6E 1A0158';
    const batch = `${field('0A', first)} ${field('1A', field('12', intOne))} ${field('0A', '1A03426F62')}`;
    expect(decodeToFunction(bytesOf(field('A206', batch)))).toMatchObject({ target: bob });
    const split = `${field('A206', `0A16 ${person}`)} ${field('A206', field('1A', field('12', intOne)))}`;
    expect(decodeToFunction(bytesOf(split))).toMatchObject({ target: bob, invocations: [{ caller: undefined }] });
  });

  it('takes the last of two answers', () => {
    const result = field('A206', `0A08 12 ${visits}`);
    const incomplete = field('AA06', field('0A', `0A ${visits} 1A15 ${intTypename}`));
    expect(decodeFromFunction(bytesOf(`${result} ${incomplete}`))).toMatchObject({ kind: 'incomplete', missing: [{ name: 'visits' }] });
    expect(decodeFromFunction(bytesOf(`${incomplete} ${result}`))).toMatchObject({ kind: 'result', mutations: [{ name: 'visits' }] });
    expect(decodeFromFunction(bytesOf(`${result} ${incomplete} A20600`))).toEqual(nothing);
  });

  it('reads a negative delay, which has ten bytes', () => {
    const bytes = bytesOf(field('A206', field('1A', `08 FFFFFFFFFFFFFFFFFF01 1217 ${greeter} 1A22 ${stringHi}`)));
    expect(decodeFromFunction(bytes)).toMatchObject({ delayed: [{ kind: 'send', delayMs: -1 }] });
    const message = { kind: 'send', delayMs: -1, cancellationToken: undefined, target: bob, argument: emptyValue } as const;
    const again = encodeFromFunction({ kind: 'result', mutations: [], messages: [], delayed: [message], egress: [] });
    expect(decodeFromFunction(again)).toMatchObject({ delayed: [{ delayMs: -1 }] });
  });

  it('tells a value of zero bytes from none, and a state without value from one that is not there', () => {
    const batch = `0A16 ${person} ${field('12', `0A ${visits} ${field('12', `0A15 ${intTypename} 1001`)}`)} ${field('12', '0A0161')}`;
    expect(decodeToFunction(bytesOf(field('A206', batch))).states).toMatchObject([
      { name: 'visits', value: { typename: 'io.statefun.types/int', hasValue: true, value: Buffer.alloc(0) } },
      { name: 'a', value: undefined },
    ]);
  });

  it('takes a caller in which nothing is set for none', () => {
    const batch = `0A16 ${person} ${field('1A', `0A00 ${field('12', intOne)}`)}`;
    expect(decodeToFunction(bytesOf(field('A206', batch))).invocations[0]?.caller).toBeUndefined();
  });

  it('takes an unknown expiration for none, as Flink does', () => {
    const spec = `0A ${visits} 1204 0807 1001 1A15 ${intTypename}`;
    expect(decodeFromFunction(bytesOf(field('AA06', field('0A', spec))))).toMatchObject({ missing: [{ expiration: undefined }] });
  });

  it('refuses a mutation of an unknown type instead of deleting state', () => {
    expect(() => decodeFromFunction(bytesOf(field('A206', field('0A', `0802 12 ${visits}`))))).toThrow(
      'state "visits" has a mutation of the unknown type 2',
    );
  });

  it('refuses a request cut off at any byte', () => {
    for (let length = 0; length < request.byteLength; length++) {
      expect(() => decodeToFunction(request.subarray(0, length))).toThrow('PROTOCOL_MESSAGE_UNREADABLE');
    }
  });

  it('refuses an answer cut off at any byte but the first', () => {
    const answer = bytesOf(`A20647 1A45 08C0EE6D 1217 ${greeter} 1A22 ${stringHi} 5A027431`);
    for (let length = 1; length < answer.byteLength; length++) {
      expect(() => decodeFromFunction(answer.subarray(0, length))).toThrow('PROTOCOL_MESSAGE_UNREADABLE');
    }
  });

  it.each([
    ['names no target', field('A206', `1A22 1220 ${intOne}`), 'it names no target'],
    ['asks for nothing', field('9A06', '00'), 'it has no request'],
    ['has a field number 0', '00', 'a field has number 0'],
    ['ends a group that has not begun', '9401', 'a group ends that has not begun'],
    ['has an unknown wire type', '0E', 'unknown wire type 6'],
    ['has a number of more than ten bytes', '08 FFFFFFFFFFFFFFFFFFFF01', 'more than ten bytes'],
    ['has a length beyond its end', 'A206 FFFFFFFF0F', 'longer than the rest of the message'],
    ['has a tag beyond 32 bits', 'FFFFFFFFFF01', 'more than 32 bits'],
    ['has an id that is not UTF-8', field('A206', field('0A', '1A02C328')), 'a text is not UTF-8'],
    ['nests groups without end', '9301'.repeat(200), 'nested deeper than 100'],
  ])('refuses a request that %s', (_name, bytes, expected) => {
    expect(() => decodeToFunction(bytesOf(bytes))).toThrow(expected);
  });

  it('refuses more than 32 MiB, and writes no more', () => {
    const large = new Uint8Array(32 * 1024 * 1024 + 1);
    expect(() => decodeToFunction(large)).toThrow('PROTOCOL_MESSAGE_TOO_LARGE');
    const argument = { typename: 'demo/raw', hasValue: true, value: large };
    expect(() => encodeToFunction({ target: bob, states: [], invocations: [{ caller: undefined, argument }] })).toThrow(
      'PROTOCOL_MESSAGE_TOO_LARGE: a ToFunction of',
    );
  });
});

const emptyValue = { typename: '', hasValue: false, value: new Uint8Array(0) };
