import { describe, expect, it } from '@jest/globals';
import { Persisted, persistedProperties } from '../../src/state/persisted.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { cellsOf } from '../../src/state/cell-definition.ts';

class Base {
  @Persisted() private readonly count = PersistedValue.of<number>();
  read(): number | undefined {
    return this.count.get();
  }
}

class Derived extends Base {
  @Persisted() protected readonly items = PersistedTable.of<number>();
  readonly notPersisted = 5;
}

class Redeclaring extends Base {
  @Persisted() readonly other = PersistedValue.of<string>();
}

class Static {
  @Persisted() static readonly shared = PersistedValue.of<number>();
}

describe('@Persisted', () => {
  it('records the properties of a class after those of its bases', () => {
    expect(persistedProperties(Base)).toEqual(['count']);
    expect(persistedProperties(Derived)).toEqual(['count', 'items']);
    expect(persistedProperties(Redeclaring)).toEqual(['count', 'other']);
    expect(persistedProperties(class {})).toEqual([]);
  });

  it('names a property once when it is marked in a class and in its base', () => {
    class Again {}
    Persisted()(Again.prototype, 'count');
    Persisted()(Again.prototype, 'count');
    expect(persistedProperties(Again)).toEqual(['count']);
  });

  it('finds private fields, and leaves the fields as they are', () => {
    expect(cellsOf(new Derived(), persistedProperties(Derived), 'class Derived').map(({ name, kind }) => [name, kind])).toEqual([
      ['count', 'value'],
      ['items', 'table'],
    ]);
    expect(Object.getOwnPropertyDescriptor(new Derived(), 'items')?.value).toBeInstanceOf(PersistedTable);
  });

  it('lets a static field be found out at start', () => {
    expect(() => cellsOf(new Static(), persistedProperties(Static), 'class Static')).toThrow(
      /^STATE_CELL_MISSING: "shared" of class Static/,
    );
  });
});
