import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { freezeJson } from '../../src/envelope/freeze-json.ts';
import { StatefunError } from '../../src/shared/errors.ts';

class Price {
  amount = 42;
}

function pathRefused(data: unknown): unknown {
  try {
    freezeJson({ data });
    return undefined;
  } catch (error) {
    expect(StatefunError.is(error) && error.code).toBe('EVENT_NOT_SERIALIZABLE');
    return (error as StatefunError).facts['path'];
  }
}

describe('freezeJson', () => {
  it('freezes objects and arrays at every level', () => {
    const data = { items: [{ tags: ['x'] }] };
    freezeJson({ data });
    expect(() => data.items[0]?.tags.push('y')).toThrow(TypeError);
  });

  it.each([
    ['Date', { at: new Date(0) }, 'data.at'],
    ['Map', { items: [{ map: new Map() }] }, 'data.items[0].map'],
    ['Set', new Set(), 'data'],
    ['Set behind other values', { items: [{ a: {} }, {}], set: new Set() }, 'data.set'],
    ['class instance', { price: new Price() }, 'data.price'],
    ['array of a class of its own', { prices: new (class Prices extends Array<number> {})() }, 'data.prices'],
    ['bytes', Uint8Array.of(1), 'data'],
    ['bigint', [1n], 'data[0]'],
    ['NaN', { price: Number.NaN }, 'data.price'],
    ['infinity', { price: -Infinity }, 'data.price'],
    ['function', { price: () => 1 }, 'data.price'],
    ['symbol', { price: Symbol('s') }, 'data.price'],
    ['undefined in an array', ['x', undefined], 'data[1]'],
    ['hole in an array', new Array(1), 'data[0]'],
  ])('refuses a %s and says where it is', (_, data, path) => {
    expect(pathRefused(data)).toBe(path);
  });

  it('refuses what contains itself', () => {
    const data: { self?: unknown } = {};
    data.self = data;
    expect(pathRefused(data)).toContain('data.self');
  });

  it('takes 500 levels and not 501', () => {
    const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(pathRefused(nested(500))).toBeUndefined();
    expect(pathRefused(nested(501))).toBeDefined();
  });

  it('takes properties that are undefined, and objects without a prototype', () => {
    expect(pathRefused({ currentPrice: undefined, more: Object.create(null) as object })).toBeUndefined();
  });

  it('takes every value that JSON gives back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const data: unknown = JSON.parse(JSON.stringify(value));
        expect(pathRefused(data)).toBeUndefined();
      }),
      { seed: 20_264, numRuns: 500 },
    );
  });

  it('takes only values that JSON gives back as they were', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withMap: true, withSet: true, withBigInt: true, withTypedArray: true, withNullPrototype: true }),
        (value) => {
          if (pathRefused(value) !== undefined) return;
          const there = JSON.stringify({ value });
          expect(JSON.parse(there)).toEqual(JSON.parse(JSON.stringify({ value: withoutMinusZero(value) })));
          expect({ value: withoutMinusZero(value) }).toEqual(JSON.parse(there));
        },
      ),
      { seed: 20_265, numRuns: 2000 },
    );
  });
});

/** The two things that are let pass: toEqual overlooks undefined properties, but tells -0 from 0. */
function withoutMinusZero(value: unknown): unknown {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutMinusZero(item)]));
}
