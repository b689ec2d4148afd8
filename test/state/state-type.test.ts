import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs';
import {
  booleanType,
  bytesType,
  customType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  protobufType,
  stringType,
  type StateType,
} from '../../src/state/state-type.ts';
import { thrownBy } from './store-double.ts';

function roundTrip<T>(type: StateType<T>, value: T): T {
  return type.decode(Buffer.from(type.encode(value)));
}

const vectors: readonly (readonly [StateType<unknown>, unknown, string])[] = [
  [jsonType(), { a: [1, null] }, '{"a":[1,null]}'],
  [stringType(), 'grün 🍏', 'grün 🍏'],
  [stringType(), '', ''],
  [int32Type(), -2_147_483_648, '-2147483648'],
  [int64Type(), 9_223_372_036_854_775_807n, '9223372036854775807'],
  [int64Type(), -1n, '-1'],
  [float64Type(), 0.1, '0.1'],
  [float64Type(), -0, '-0'],
  [float64Type(), Number.NaN, 'NaN'],
  [float64Type(), -Infinity, '-Infinity'],
  [float64Type(), 5e-324, '5e-324'],
  [booleanType(), false, 'false'],
  [booleanType(), true, 'true'],
];

const refused: readonly (readonly [StateType<unknown>, unknown])[] = [
  [stringType(), 5],
  [stringType(), 'half \ud83c'],
  [int32Type(), 2_147_483_648],
  [int32Type(), 1.5],
  [int32Type(), '1'],
  [int64Type(), 1],
  [int64Type(), 9_223_372_036_854_775_808n],
  [float32Type(), '1'],
  [float64Type(), 1n],
  [booleanType(), 'true'],
  [bytesType(), [1]],
  [customType({ name: 'any', encode: String, decode: String }), undefined],
  [jsonType(), { a: new Map() }],
];

const unreadable: readonly (readonly [StateType<unknown>, string])[] = [
  [int32Type(), 'x'],
  [int32Type(), ''],
  [int32Type(), '1.5'],
  [int64Type(), '1.5'],
  [int64Type(), ''],
  [float64Type(), '"1"'],
  [booleanType(), '1'],
  [jsonType(), '{"a"'],
];

describe('state types', () => {
  it.each(vectors)('%# write and read back a value', (type, value, text) => {
    expect(Buffer.from(type.encode(value)).toString()).toBe(text);
    expect(Object.is(type.decode(Buffer.from(text)), value) || JSON.stringify(type.decode(Buffer.from(text))) === text).toBe(true);
    expect(type.ensure(value)).toBe(value);
  });

  it('round numbers of 32 bits as they are set', () => {
    expect(roundTrip(float32Type(), 0.1)).toBe(0.10000000149011612);
    expect(roundTrip(float32Type(), -0)).toBe(-0);
    expect(roundTrip(float32Type(), Number.NaN)).toBeNaN();
    expect(roundTrip(float32Type(), 1e39)).toBe(Infinity);
  });

  it('take the name that StateFun gives them', () => {
    expect(jsonType('shop/cart')).toMatchObject({ name: 'json', typename: 'shop/cart' });
    expect(jsonType()).toBe(jsonType());
    expect(bytesType('shop/raw').typename).toBe('shop/raw');
    expect(customType({ name: 'a', typename: 'shop/a', encode: String, decode: String }).typename).toBe('shop/a');
  });

  it.each(refused)('%# refuse a value they would lose', (type, value) => {
    expect(() => type.ensure(value)).toThrow(expect.objectContaining({ code: 'STATE_NOT_SERIALIZABLE' }));
  });

  it.each(unreadable)('%# refuse to read what is not theirs', (type, text) => {
    expect(() => type.decode(Buffer.from(text))).toThrow();
  });

  it('names the place of the loss in text and facts', () => {
    const error = thrownBy(() => jsonType().ensure({ items: { a1: { added: new Date(0) } } }));
    expect(error).toMatchObject({ facts: { type: 'json', loss: 'items.a1.added (Date)' } });
    expect(String(error)).toContain('STATE_NOT_SERIALIZABLE: type "json" would lose items.a1.added (Date).');
  });

  it('read JSON as frozen as it was written', () => {
    const value = roundTrip(jsonType<{ items: { id: string }[] }>(), { items: [{ id: 'a' }] });
    expect(Object.isFrozen(value) && Object.isFrozen(value.items) && Object.isFrozen(value.items[0])).toBe(true);
  });

  it('copy bytes when writing and when reading', () => {
    const given = new Uint8Array([1, 2]);
    const encoded = bytesType().encode(given) as Uint8Array;
    given[0] = 9;
    const decoded = bytesType().decode(encoded);
    decoded[1] = 9;
    expect([...encoded]).toEqual([1, 2]);
  });

  it('hand a custom decoder bytes of its own, which it may keep and change', () => {
    const type = customType<Uint8Array>({ name: 'view', encode: (value) => value, decode: (bytes) => bytes });
    const encoded = new Uint8Array([1, 2]);
    type.decode(encoded)[0] = 9;
    const written = type.encode(encoded) as Uint8Array;
    written[1] = 9;
    expect([...encoded]).toEqual([1, 2]);
  });
});

describe('protobufType', () => {
  const Item = protobuf.parse('syntax = "proto3"; message Item { string id = 1; bytes data = 2; }').root.lookupType('Item');
  const type = protobufType<protobuf.Message>(Item);

  it('writes the bytes of the message', () => {
    // Field 1, length-delimited (0x0a), 2 bytes, "a1".
    expect(Buffer.from(type.encode(Item.create({ id: 'a1' })))).toEqual(Buffer.from([0x0a, 0x02, 0x61, 0x31]));
    expect(roundTrip(type, Item.create({ id: 'a1', data: Buffer.from([7]) })).toJSON()).toEqual({ id: 'a1', data: 'Bw==' });
  });

  it('refuses what the codec says is no such message', () => {
    expect(() => type.ensure({ id: 5 })).toThrow(/id: string expected/);
    expect(() => type.ensure('a1')).toThrow(expect.objectContaining({ code: 'STATE_NOT_SERIALIZABLE' }));
  });

  it('gives every reader bytes of its own', () => {
    const encoded = type.encode(Item.create({ data: Buffer.from([7]) })) as Uint8Array;
    (type.decode(encoded) as unknown as { data: Uint8Array }).data[0] = 9;
    expect((type.decode(encoded) as unknown as { data: Uint8Array }).data[0]).toBe(7);
  });
});
