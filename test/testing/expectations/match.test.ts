import { describe, expect, it } from '@jest/globals';
import { findMismatch, show } from '../../../src/testing/expectations/match.ts';

const item = { productId: 'p1', quantity: 2, tags: ['new', 'red'] };

describe('findMismatch', () => {
  it.each<{ name: string; actual: unknown; expected: unknown }>([
    { name: 'the same value', actual: 42, expected: 42 },
    { name: 'null', actual: null, expected: null },
    { name: 'an object that has more properties', actual: { id: 'c1', items: [item] }, expected: { items: [{ quantity: 2 }] } },
    { name: 'an absent property that is to be absent', actual: { id: 'c1' }, expected: { price: { $absent: true } } },
    { name: 'exactly the same object, in another order', actual: { a: 1, b: [2] }, expected: { $exactly: { b: [2], a: 1 } } },
    {
      name: 'an object that contains what elsewhere has a meaning',
      actual: { a: { $absent: true } },
      expected: { $exactly: { a: { $absent: true } } },
    },
    { name: 'an undefined property as absent, also exactly', actual: { a: 1, b: undefined }, expected: { $exactly: { a: 1 } } },
    { name: 'any object with the empty one', actual: item, expected: {} },
  ])('accepts $name', ({ actual, expected }) => {
    expect(findMismatch(actual, expected, 'data')).toBeUndefined();
  });

  it.each<{ name: string; actual: unknown; expected: unknown; path: string; text: string }>([
    { name: 'another number', actual: { price: 42 }, expected: { price: 43 }, path: 'data.price', text: 'is 42, expected 43' },
    { name: 'a text for a number', actual: { price: '42' }, expected: { price: 42 }, path: 'data.price', text: 'is "42", expected 42' },
    { name: 'a missing property', actual: {}, expected: { price: 42 }, path: 'data.price', text: 'is absent, expected 42' },
    {
      name: 'null for a missing property',
      actual: { price: null },
      expected: { price: { $absent: true } },
      path: 'data.price',
      text: 'is null, expected to be absent',
    },
    { name: 'an inherited property', actual: {}, expected: { constructor: {} }, path: 'data.constructor', text: 'is absent, expected {}' },
    {
      name: 'an array that is longer',
      actual: { tags: ['a', 'b'] },
      expected: { tags: ['a'] },
      path: 'data.tags',
      text: 'has 2 items, expected 1: ["a","b"]',
    },
    { name: 'an array in another order', actual: ['a', 'b'], expected: ['b', 'a'], path: 'data[0]', text: 'is "a", expected "b"' },
    { name: 'an object for an array', actual: { tags: {} }, expected: { tags: [] }, path: 'data.tags', text: 'is {}, expected []' },
    {
      name: 'a property more, where it is to be exact',
      actual: { a: { b: 1, c: 2 } },
      expected: { $exactly: { a: { b: 1 } } },
      path: 'data.a.c',
      text: 'is 2, expected to be absent',
    },
    { name: 'a key that is no identifier', actual: { 'p-1': 1 }, expected: { 'p-1': 2 }, path: 'data["p-1"]', text: 'is 1, expected 2' },
  ])('names the place and both sides of $name', ({ actual, expected, path, text }) => {
    expect(findMismatch(actual, expected, 'data')).toEqual({ path, text });
  });
});

describe('show', () => {
  it('cuts long values and writes what JSON cannot', () => {
    expect(show('x'.repeat(50), 10)).toBe(`"${'x'.repeat(9)}…`);
    expect(show({ big: 1n, none: undefined })).toBe('{"big":"1"}');
    expect(show(undefined)).toBe('absent');
  });

  it('takes the values of cells themselves, too', () => {
    const actual = { big: 1000n, bytes: Uint8Array.of(1), at: new Date(0), nothing: Number.NaN };
    expect(findMismatch(actual, { big: 1000n, bytes: Buffer.of(1), at: new Date(0), nothing: Number.NaN }, '')).toBeUndefined();
    for (const other of [{ big: 1001n }, { bytes: Uint8Array.of(2) }, { at: new Date(1) }, { nothing: 0 }])
      expect(findMismatch(actual, other, '')).toBeDefined();
  });
});
