import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { inspectJson } from '../../src/state/inspect-json.ts';

class Money {
  readonly cents = 5;
}

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('inspectJson', () => {
  it.each([
    ['a Date in a property', { items: { a1: { added: new Date(0) } } }, 'items.a1.added (Date)'],
    ['a Map in an array', { list: [1, new Map()] }, 'list[1] (Map)'],
    ['a Set', new Set(), 'the value itself (Set)'],
    ['a class instance', { price: new Money() }, 'price (Money)'],
    ['an object with toJSON', { at: { toJSON: () => 1 } }, 'at.toJSON (function)'],
    ['an array of a class of its own', [new (class Items extends Array<number> {})()], '[0] (Items)'],
    ['a boxed string', { name: new String('x') }, 'name (String)'],
    ['bytes', { data: new Uint8Array(1) }, 'data (Uint8Array)'],
    ['a bigint', { amount: 1n }, 'amount (bigint)'],
    ['a symbol', { key: Symbol('x') }, 'key (symbol)'],
    ['NaN', { ratio: Number.NaN }, 'ratio (NaN)'],
    ['infinity', [-Infinity], '[0] (-Infinity)'],
    ['undefined in an array', { list: [undefined] }, 'list[0] (undefined)'],
    ['a hole in an array', new Array(1), '[0] (undefined)'],
    ['undefined', undefined, 'the value itself (undefined)'],
    ['a key that is no identifier', { 'a b': { 'x.y': 1n } }, '["a b"]["x.y"] (bigint)'],
  ])('names the place of %s', (_what, value, place) => {
    expect(inspectJson(value)).toBe(place);
  });

  it('stops at a cycle and says so, with a place short enough to read', () => {
    const place = inspectJson({ cart: cyclic });
    expect(place).toMatch(/^cart\.self\.self.*… ?.*\(nested deeper than 500, or a cycle\)$/);
    expect(String(place).length).toBeLessThan(250);
  });

  it('accepts what JSON keeps, and freezes it all the way down', () => {
    const value = { a: null, b: [true, { c: 'x' }], d: Object.assign(Object.create(null) as object, { e: 1 }), f: undefined };
    expect(inspectJson(value)).toEqual(expect.any(Number));
    expect([value, value.b, value.b[1], value.d].every((part) => Object.isFrozen(part))).toBe(true);
  });

  it('accepts plain objects and arrays of another realm, and refuses its dates', () => {
    expect(inspectJson(runInNewContext('({ a: [{}] })'))).toEqual(expect.any(Number));
    expect(inspectJson(runInNewContext('({ a: new Date() })'))).toBe('a (Date)');
  });

  it('goes into what is frozen already: it may have been frozen by others, and not all the way down', () => {
    expect(inspectJson(Object.freeze({ a: [new Date(0)] }))).toBe('a[0] (Date)');
  });

  it.each([
    { quantity: 12, name: 'apple', tags: ['a', 'b'] },
    Array.from({ length: 100 }, (_, index) => ({ id: `product-${index}`, price: 10.25, available: true })),
  ])('estimates a size within a factor of two of its text', (value) => {
    const text = JSON.stringify(value);
    const size = inspectJson(value);
    expect(size).toBeGreaterThan(text.length / 2);
    expect(size).toBeLessThan(text.length * 2);
  });
});
