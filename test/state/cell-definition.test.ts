import { describe, expect, it } from '@jest/globals';
import { cellsOf } from '../../src/state/cell-definition.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { int32Type, jsonType } from '../../src/state/state-type.ts';

describe('cellsOf', () => {
  it('reads property, name, kind and type', () => {
    const probe = { a: PersistedValue.of(), b: PersistedTable.of({ name: 'table-b', type: int32Type() }), c: PersistedList.of(), other: 1 };
    expect(cellsOf(probe, ['a', 'b', 'c'], 'class Cart')).toEqual([
      { property: 'a', name: 'a', kind: 'value', type: jsonType() },
      { property: 'b', name: 'table-b', kind: 'table', type: int32Type() },
      { property: 'c', name: 'c', kind: 'list', type: jsonType() },
    ]);
  });

  it.each([undefined, null, 5, {}, new Map()])('refuses a property that holds %p', (value) => {
    expect(() => cellsOf({ a: value }, ['a'], 'class Cart')).toThrow(
      /^STATE_CELL_MISSING: "a" of class Cart .*\n {2}Hint: Initialise the field/,
    );
  });

  it('refuses a cell that is not marked', () => {
    expect(() => cellsOf({ a: PersistedValue.of(), b: PersistedList.of() }, ['a'], 'class Cart')).toThrow(
      /^STATE_CELL_UNDECLARED: "b" of class Cart holds a persisted list/,
    );
  });

  it('refuses two cells of one name', () => {
    const probe = { a: PersistedValue.of({ name: 'x' }), x: PersistedTable.of() };
    expect(() => cellsOf(probe, ['a', 'x'], 'class Cart')).toThrow(
      /^STATE_NAME_CLASH: "a" and "x" of class Cart are both kept under the name "x"/,
    );
  });

  it('refuses one object in two fields', () => {
    const shared = PersistedValue.of();
    expect(() => cellsOf({ a: shared, b: shared }, ['a', 'b'], 'class Cart')).toThrow(
      expect.objectContaining({ code: 'STATE_CELL_SHARED' }),
    );
  });

  it.each(['', 'a/b', '$a', '1a', 'a b', 'a'.repeat(129)])('refuses the name %j', (name) => {
    expect(() => cellsOf({ a: PersistedValue.of({ name }) }, ['a'], 'class Cart')).toThrow(
      expect.objectContaining({ code: 'STATE_NAME_INVALID' }),
    );
  });

  it.each([
    ['expire', { expire: { afterWrite: '1h' } }],
    ['version', { version: 2 }],
    ['migrate', { migrate: () => 1 }],
  ] as const)('refuses the option %s, naming cell and option', (option, options) => {
    expect(() => cellsOf({ a: PersistedValue.of<number>(options) }, ['a'], 'class Cart')).toThrow(
      new RegExp(`^STATE_OPTION_UNSUPPORTED: cell "a" of class Cart uses "${option}", which is not supported yet`),
    );
  });
});
