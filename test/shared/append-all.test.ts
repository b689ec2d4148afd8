import { describe, expect, it } from '@jest/globals';
import { appendAll } from '../../src/shared/append-all.ts';

describe('appendAll', () => {
  it('adds more items than a call can have arguments', () => {
    const list = [-1];
    appendAll(
      list,
      Array.from({ length: 300_000 }, (_, index) => index),
    );
    expect(list).toHaveLength(300_001);
    expect(list.at(-1)).toBe(299_999);
  });
});
