import { describe, expect, it } from '@jest/globals';
import {
  addressIdBytesMax,
  ensureAddressId,
  ensureFunctionType,
  formatAddress,
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
