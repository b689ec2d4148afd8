import { describe, expect, it } from '@jest/globals';
import { listEntryKey, parseEntryKey, tableEntryKey, valueEntryKey } from '../../src/state/entry-key.ts';

describe('entry keys', () => {
  it.each([
    [valueEntryKey('cart'), 'v/cart', { kind: 'value', name: 'cart', rest: '' }],
    [tableEntryKey('items', 'a/b'), 't/items/a/b', { kind: 'table', name: 'items', rest: 'a/b' }],
    [tableEntryKey('items', ''), 't/items/', { kind: 'table', name: 'items', rest: '' }],
    [tableEntryKey('items', '\ud83c'), 'u/items/"\\ud83c"', { kind: 'table', name: 'items', rest: '\ud83c' }],
    [tableEntryKey('items', '"\\ud83c"'), 't/items/"\\ud83c"', { kind: 'table', name: 'items', rest: '"\\ud83c"' }],
    [listEntryKey('log', 12), 'l/log/12', { kind: 'list', name: 'log', rest: '12' }],
  ])('%j is %j and is read back', (key, text, parsed) => {
    expect(key).toBe(text);
    expect(parseEntryKey(key)).toEqual(parsed);
  });

  it.each(['', 'v', 'cart', 'x/cart', 't/items', 'l', '/'])('%j is no entry of a cell', (key) => {
    expect(parseEntryKey(key)).toBeUndefined();
  });
});
