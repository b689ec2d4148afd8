import { describe, expect, it } from '@jest/globals';
import {
  addressIdBytesMax,
  addressPath,
  ensureAddressId,
  encodePath,
  ensureFunctionType,
  formatAddress,
  functionTypeBytesMax,
  isAddressId,
  isFunctionType,
  parseAddress,
} from '../../src/shared/address.ts';

describe('function types', () => {
  it.each(['a/b', 'example/cart', 'com.example:x/y-z'])('takes %p', (type) => {
    expect([isFunctionType(type), ensureFunctionType(type, 'here')]).toEqual([true, type]);
  });

  it.each(['', 'a', '/', 'a/', '/b', 'a/b/c', 'a /b', 'a/b\0', 'a/\n', undefined, null, 7])('refuses %p', (type) => {
    expect(isFunctionType(type)).toBe(false);
    expect(() => ensureFunctionType(type, 'here')).toThrow('INVALID_FUNCTION_TYPE');
  });

  it.each(['a/b\u001b[2J', 'a\u0085/b', 'a/\ud800', '\udfff/b', './b', '../b', 'a/.', 'a/..', `a/${'x'.repeat(functionTypeBytesMax - 1)}`])(
    'refuses what no URL, terminal or key could hold (%#)',
    (type) => expect(isFunctionType(type)).toBe(false),
  );

  it.each(['größe/🛒', 'a/...', '.a/b.', `a/${'x'.repeat(functionTypeBytesMax - 2)}`])('takes any other characters (%#)', (type) => {
    expect(isFunctionType(type)).toBe(true);
  });
});

describe('ids', () => {
  it.each(['x', ' ', 'a/b/c', '\0', '🛒', 'x'.repeat(addressIdBytesMax), 'ü'.repeat(addressIdBytesMax / 2)])('takes an id (%#)', (id) => {
    expect([isAddressId(id), ensureAddressId(id, 'a/b')]).toEqual([true, id]);
  });

  it.each(['', '\ud800', 'x'.repeat(addressIdBytesMax + 1), 'ü'.repeat(addressIdBytesMax / 2 + 1), undefined, null, 7, {}])(
    'refuses what cannot be one (%#)',
    (id) => {
      expect(isAddressId(id)).toBe(false);
      expect(() => ensureAddressId(id, 'a/b')).toThrow('INVALID_ADDRESS_ID');
    },
  );
});

it.each(['x', '/', 'a/b/c', '//', '\0'])('reads an address with the id %p as it was written', (id) => {
  const address = { type: 'example/cart', id };
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

it.each([
  ['c1', '/example/cart/c1'],
  ['a/b', '/example/cart/a/b'],
  ["-._~!$&'()*+,;=:@", "/example/cart/-._~!$&'()*+,;=:@"],
  ['Ada Lovelace', '/example/cart/Ada%20Lovelace'],
  ['José', '/example/cart/Jos%C3%A9'],
  ['50%', '/example/cart/50%25'],
  ['50%25', '/example/cart/50%2525'],
  ['[1]', '/example/cart/%5B1%5D'],
  ['+49 30 1234', '/example/cart/+49%2030%201234'],
  ['a?b#c', '/example/cart/a%3Fb%23c'],
  ['\0"<>\\^`{|}', '/example/cart/%00%22%3C%3E%5C%5E%60%7B%7C%7D'],
])('writes the id %p into a path as RFC 3986 has it', (id, path) => {
  expect(addressPath({ type: 'example/cart', id })).toBe(path);
});

it('writes half of a surrogate pair as what UTF-8 has for it', () => {
  expect(encodePath('a\ud800')).toBe('a%EF%BF%BD');
});
