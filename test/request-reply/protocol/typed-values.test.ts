import { describe, expect, it } from '@jest/globals';
import { fromTypedValue, typed, typenameOf } from '../../../src/request-reply/protocol/typed-values.ts';
import { bytesType, customType, int32Type, int64Type, jsonType, protobufType, stringType } from '../../../src/state/state-type.ts';

const greetRequest = jsonType<{ readonly name: string }>('example/GreetRequest');
const utf8 = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** A stand-in for a protobufjs class: one byte a message. */
const level = {
  encode: (message: { readonly value: number }) => ({ finish: () => Buffer.of(message.value) }),
  decode: (bytes: Uint8Array) => ({ value: bytes[0] ?? 0 }),
};

describe('typed values', () => {
  it('carry JSON as UTF-8 text', () => {
    const greeting = typed(greetRequest, { name: 'Bjørn' });
    expect(greeting).toMatchObject({ typename: 'example/GreetRequest', hasValue: true });
    expect(utf8(greeting.value)).toBe('{"name":"Bjørn"}');
    expect(fromTypedValue(greetRequest, greeting)).toEqual({ name: 'Bjørn' });
  });

  it('read JSON with the newline that Go writes behind it', () => {
    const value = Buffer.from('{ "name": "\\u003cBob\\u003e" }\n');
    expect(fromTypedValue(greetRequest, { typename: 'example/GreetRequest', hasValue: true, value })).toEqual({ name: '<Bob>' });
  });

  it('carry bytes, Protobuf messages and what an application encodes itself as they are', () => {
    expect(typed(bytesType('demo/raw'), Buffer.of(1, 2))).toEqual({
      typename: 'demo/raw',
      hasValue: true,
      value: new Uint8Array([1, 2]),
    });
    const protobuf = protobufType(level, 'type.googleapis.com/demo.Level');
    expect(fromTypedValue(protobuf, typed(protobuf, { value: 7 }))).toEqual({ value: 7 });
    const date = customType<Date>({
      name: 'date',
      typename: 'demo/date',
      encode: (value) => value.toISOString(),
      decode: (bytes) => new Date(utf8(bytes)),
    });
    expect(fromTypedValue(date, typed(date, new Date(0)))).toEqual(new Date(0));
  });

  it('have a name of the framework where their type has none', () => {
    expect(typenameOf(jsonType())).toBe('statefun.types/json');
    expect(typenameOf(bytesType())).toBe('statefun.types/bytes');
    expect(typenameOf(protobufType(level))).toBe('statefun.types/protobuf');
    expect(typenameOf(customType({ name: 'a/date', encode: String, decode: utf8 }))).toBe('statefun.types/a%2Fdate');
  });

  it('refuse a typename that Flink could not take apart', () => {
    expect(() => typenameOf(jsonType('a/b/c'))).toThrow('TYPENAME_INVALID: type "json" has the typename "a/b/c"');
    expect(() => typenameOf(jsonType('Request'))).toThrow('TYPENAME_INVALID');
  });

  it('are not read as another type, not even as a wider number', () => {
    expect(() => fromTypedValue(int64Type(), typed(int32Type(), 1))).toThrow(
      'VALUE_TYPE_MISMATCH: a value of type "io.statefun.types/int" is read as "io.statefun.types/long"',
    );
  });

  it('tell a value of zero bytes from none', () => {
    const none = { typename: 'io.statefun.types/string', hasValue: false, value: new Uint8Array(0) };
    expect(fromTypedValue(stringType(), { ...none, hasValue: true })).toBe('');
    expect(() => fromTypedValue(stringType(), none)).toThrow('VALUE_MISSING');
  });

  it('say what could not be read', () => {
    const broken = { typename: 'example/GreetRequest', hasValue: true, value: Buffer.from('{') };
    expect(() => fromTypedValue(greetRequest, broken)).toThrow('VALUE_UNREADABLE: 1 bytes cannot be read as "example/GreetRequest"');
  });
});
