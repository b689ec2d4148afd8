import { describe, expect, it } from '@jest/globals';
import { alignRows } from '../../../src/cli/state/format.ts';

describe('alignRows', () => {
  it('makes each column as wide as its widest cell, also where rows are of different lengths', () => {
    expect(alignRows([['a', 'bb', 'c'], ['aaa', 'b'], []])).toEqual(['  a    bb  c', '  aaa  b', '']);
  });

  it('aligns more rows than a call can have arguments', () => {
    const rows = Array.from({ length: 200_000 }, (_, index) => [String(index), 'x']);
    expect(alignRows(rows)[0]).toBe('  0       x');
  });
});
