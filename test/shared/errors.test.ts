import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { assertInvariant, describe as describeValue, hasCode, StatefunError, toError } from '../../src/shared/errors.ts';

describe('StatefunError', () => {
  it('says what happened and what to do, and has the facts as fields', () => {
    const cause = new Error('why');
    const error = new StatefunError('NO_CALLER', 'nobody asked.', { facts: { id: 1 }, hint: 'Ask.', cause });
    expect(error.message).toBe('NO_CALLER: nobody asked.\n  Hint: Ask.');
    expect(error).toMatchObject({
      code: 'NO_CALLER',
      summary: 'nobody asked.',
      hint: 'Ask.',
      facts: { id: 1 },
      cause,
      name: 'StatefunError',
    });
    expect(hasCode(error, 'NO_CALLER')).toBe(true);
    expect(hasCode(error, 'UNKNOWN_FUNCTION')).toBe(false);
  });

  it('is recognised by its brand, so that two copies of the package know each other', () => {
    const other = Object.defineProperty(new Error('x'), Symbol.for('statefun.error'), { value: true });
    expect(StatefunError.is(other)).toBe(true);
    for (const value of [new Error('x'), undefined, null, 'x', { code: 'NO_CALLER' }]) expect(StatefunError.is(value)).toBe(false);
  });
});

describe('toError', () => {
  it('keeps errors, those of another realm too', () => {
    for (const error of [new RangeError('x'), runInNewContext('new TypeError("x")') as unknown]) expect(toError(error)).toBe(error);
  });

  it.each([
    ['text', 'text'],
    [undefined, 'a value that is not an Error was thrown: undefined'],
    [Symbol('s'), 'a value that is not an Error was thrown: Symbol(s)'],
    [Object.create(null), 'a value that is not an Error was thrown: an object'],
  ])('makes an error of %p', (thrown, message) => {
    expect(toError(thrown).message).toBe(message);
  });
});

it.each([
  ['x'.repeat(300), `"${'x'.repeat(200)}…"`],
  [[1], 'an instance of Array'],
  [new Date(0), 'an instance of Date'],
  [{}, 'an object'],
  [null, 'null'],
  [() => undefined, 'a function'],
  [function named() {}, 'function named'],
])('describes a value in a few words (%#)', (value, text) => {
  expect(describeValue(value)).toBe(text);
});

it('names the invariant that broke', () => {
  expect(() => assertInvariant(false, 'one is one')).toThrow('statefun invariant broken: one is one');
  expect(() => assertInvariant(true, 'one is one')).not.toThrow();
});
