import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { isPlainArray, isPlainObject } from '../../src/shared/plain-object.ts';

class Money {
  readonly cents = 1;
}

class Prices extends Array<number> {}

describe('isPlainObject', () => {
  it.each([
    ['a literal', { a: 1 }],
    ['an object without a prototype', Object.create(null)],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
  ])('accepts %s', (_, value) => {
    expect(isPlainObject(value)).toBe(true);
  });

  it.each([
    ['null', null],
    ['a text', 'a'],
    ['a function', () => 1],
    ['an array', []],
    ['an array of another realm', runInNewContext('[]')],
    ['an instance of a class', new Money()],
    ['a Map', new Map()],
    ['a Date of another realm', runInNewContext('new Date()')],
    ['an object that inherits from a literal', Object.create({ a: 1 })],
  ])('refuses %s', (_, value) => {
    expect(isPlainObject(value)).toBe(false);
  });
});

describe('isPlainArray', () => {
  it('accepts arrays of this realm and another one, and refuses instances of subclasses', () => {
    expect(isPlainArray([1])).toBe(true);
    expect(isPlainArray(runInNewContext('[1]') as unknown[])).toBe(true);
    expect(isPlainArray(new Prices())).toBe(false);
    expect(isPlainArray(runInNewContext('new (class extends Array {})()') as unknown[])).toBe(false);
  });
});
