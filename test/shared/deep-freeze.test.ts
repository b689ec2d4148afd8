import { describe, expect, it } from '@jest/globals';
import { deepFreeze } from '../../src/shared/deep-freeze.ts';

describe('deepFreeze', () => {
  it('freezes objects and arrays all the way down and answers the same object', () => {
    const value = { list: [{ deep: [1] }], nothing: null, text: 'x' };
    expect(deepFreeze(value)).toBe(value);
    for (const part of [value, value.list, value.list[0], value.list[0]?.deep]) expect(Object.isFrozen(part)).toBe(true);
  });

  it.each([undefined, null, 1, 'x', new Uint8Array(2)])('leaves %p alone', (value) => {
    expect(deepFreeze(value)).toBe(value);
  });
});
