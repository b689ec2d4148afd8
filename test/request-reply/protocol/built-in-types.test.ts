import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { join } from 'node:path';
import { builtInTypeOf } from '../../../src/request-reply/protocol/built-in-types.ts';
import { fromTypedValue, typed } from '../../../src/request-reply/protocol/typed-values.ts';
import {
  booleanType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  stringType,
  type StateType,
} from '../../../src/state/state-type.ts';
import { bytesOf, hex } from '../golden.ts';

const root = protobuf.loadSync(join(import.meta.dirname, '..', '..', '..', 'src', 'request-reply', 'protocol', 'types.proto'));

function encode<T>(type: StateType<T>, value: T): string {
  return hex(typed(type, value).value).toUpperCase();
}

function decode<T>(type: StateType<T>, bytes: string): T {
  const { typename } = builtInTypeOf(type) ?? { typename: '' };
  return fromTypedValue(type, { typename, hasValue: true, value: bytesOf(bytes) });
}

describe('built-in types', () => {
  it.each([
    [booleanType(), true, '0801'],
    [booleanType(), false, ''],
    [int32Type(), 1108, '0D54040000'],
    [int32Type(), -1, '0DFFFFFFFF'],
    [int32Type(), 0, ''],
    [int64Type(), 1n, '090100000000000000'],
    [int64Type(), -1n, '09FFFFFFFFFFFFFFFF'],
    [int64Type(), 0n, ''],
    [float32Type(), 1, '0D0000803F'],
    [float32Type(), 1.5, '0D0000C03F'],
    [float32Type(), -0, '0D00000080'],
    [float32Type(), 0, ''],
    [float64Type(), 1, '09000000000000F03F'],
    [float64Type(), -0, '090000000000000080'],
    [float64Type(), 0, ''],
    [stringType(), 'hello world!', '0A0C68656C6C6F20776F726C6421'],
    [stringType(), '', ''],
  ] as readonly (readonly [StateType<unknown>, unknown, string])[])('travel in one form: %s', (type, value, bytes) => {
    expect(encode(type, value)).toBe(bytes);
    expect(decode(type, bytes)).toBe(value);
  });

  it.each([
    [booleanType(), 'io.statefun.types/bool'],
    [int32Type(), 'io.statefun.types/int'],
    [int64Type(), 'io.statefun.types/long'],
    [float32Type(), 'io.statefun.types/float'],
    [float64Type(), 'io.statefun.types/double'],
    [stringType(), 'io.statefun.types/string'],
  ] as readonly (readonly [StateType<unknown>, string])[])('are called what StateFun calls them: %s', (type, typename) => {
    expect(builtInTypeOf(type)?.typename).toBe(typename);
  });

  it('are only those of StateFun', () => {
    expect(builtInTypeOf(jsonType())).toBeUndefined();
  });

  it('read what other libraries write: an explicit default, unknown fields before and after, a repeated value', () => {
    expect(decode(booleanType(), '0800')).toBe(false);
    expect(decode(int32Type(), '0D00000000')).toBe(0);
    expect(decode(int32Type(), '1205 68656C6C6F 0D01000000 1801')).toBe(1);
    expect(decode(int32Type(), '0D01000000 0D02000000')).toBe(2);
  });

  it('take a field of another wire type for an unknown one', () => {
    expect(decode(int32Type(), '0801')).toBe(0);
    expect(decode(stringType(), '0801')).toBe('');
  });

  it('refuse values beyond their range instead of cutting them', () => {
    expect(() => typed(int32Type(), 2 ** 31)).toThrow('STATE_NOT_SERIALIZABLE');
    expect(() => typed(int32Type(), 1.5)).toThrow('STATE_NOT_SERIALIZABLE');
    expect(() => typed(int64Type(), 2n ** 63n)).toThrow('STATE_NOT_SERIALIZABLE');
    expect(() => typed(stringType(), '\ud800')).toThrow('STATE_NOT_SERIALIZABLE');
  });

  it('refuse bytes that end too early and text that is not UTF-8', () => {
    expect(() => decode(int32Type(), '0D010000')).toThrow('VALUE_UNREADABLE');
    expect(() => decode(stringType(), '0A0268')).toThrow('VALUE_UNREADABLE');
    expect(() => decode(stringType(), '0A01FF')).toThrow('VALUE_UNREADABLE');
  });

  it.each([
    ['BooleanWrapper', booleanType(), fc.boolean()],
    ['IntWrapper', int32Type(), fc.integer()],
    ['FloatWrapper', float32Type(), fc.float()],
    ['DoubleWrapper', float64Type(), fc.double()],
    ['StringWrapper', stringType(), fc.string({ unit: 'grapheme' })],
  ] as readonly (readonly [string, StateType<unknown>, fc.Arbitrary<unknown>])[])(
    'are read by protobufjs, and read what it writes: %s',
    (name, type, values) => {
      const message = root.lookupType(`statefun.remote.${name}`);
      fc.assert(
        fc.property(values, (value) => {
          const decoded = message.decode(typed(type, value).value) as unknown as { readonly value: unknown };
          expect(decoded.value).toEqual(value);
          expect(decode(type, hex(message.encode({ value }).finish()))).toEqual(value);
        }),
      );
    },
  );

  it('are read by protobufjs, and read what it writes: LongWrapper', () => {
    const message = root.lookupType('statefun.remote.LongWrapper');
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const decoded = message.toObject(message.decode(typed(int64Type(), value).value), { longs: String, defaults: true });
        expect(decoded).toEqual({ value: String(value) });
        const written = message.encode(message.fromObject({ value: String(value) })).finish();
        expect(decode(int64Type(), hex(written))).toBe(value);
      }),
    );
  });
});
