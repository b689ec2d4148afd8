import { describe, expect, it } from '@jest/globals';
import { AddressState } from '../../src/state/address-state.ts';
import type { CellDefinition } from '../../src/state/cell-definition.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { jsonType } from '../../src/state/state-type.ts';
import { definitionsOf, discarding, keeping, stateOf, StoreDouble } from './store-double.ts';

const create = () => ({ count: PersistedValue.of<number>(), items: PersistedTable.of<unknown>(), log: PersistedList.of<string>() });

describe('AddressState', () => {
  it('lets only one attempt be open', () => {
    const { state } = stateOf(create);
    state.begin();
    expect(() => state.begin()).toThrow(/invariant broken: an address has one attempt at a time/);
    state.keep();
    expect(() => state.keep()).toThrow(/invariant broken/);
    expect(() => state.discard()).toThrow(/invariant broken/);
  });
});

describe('discard', () => {
  it('undoes everything: values, order, sizes and what is captured (STATE-D2, STATE-T2)', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.count.set(1);
      cells.items.set('a', 1);
      cells.log.append('x');
    });
    state.capture();
    const { bytes } = state;
    discarding(state, () => {
      cells.count.clear();
      cells.items.clear();
      cells.items.set('b', 'y'.repeat(1000));
      cells.log.replaceWith(['z']);
    });
    expect(state.snapshot()).toEqual({ count: 1, items: { a: 1 }, log: ['x'] });
    expect([state.bytes, state.dirty, state.capture()]).toEqual([bytes, false, []]);
  });

  it('leaves the changes of kept attempts to be captured', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.count.set(1));
    discarding(state, () => cells.count.set(2));
    expect(state.capture()).toEqual([{ key: 'v/count', value: '1' }]);
  });

  it('adds nothing to what is captured of other cells and entries', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.items.set('a', 1);
      cells.log.appendAll(['x', 'y']);
    });
    state.capture();
    keeping(state, () => cells.items.set('a', 2));
    discarding(state, () => {
      cells.count.set(1);
      cells.items.set('b', 2);
      cells.log.replaceWith(['z']);
    });
    expect(state.capture()).toEqual([{ key: 't/items/a', value: '0 2' }]);
  });

  it('gives a retried attempt the same stamps', () => {
    const { state, cells } = stateOf(create);
    discarding(state, () => cells.items.set('a', 1));
    const next = create();
    state.bind(next);
    keeping(state, () => next.items.set('a', 1));
    expect(state.capture()).toEqual([{ key: 't/items/a', value: '0 1' }]);
  });
});

describe('capture', () => {
  it('answers every changed entry once, however often it was changed (STATE-C1, STATE-D3, STATE-T3)', () => {
    const { state, cells } = stateOf(create);
    for (let count = 0; count < 3; count++) {
      keeping(state, () => {
        cells.count.set(count);
        cells.items.set('a', count);
        cells.log.append(String(count));
      });
    }
    expect(state.capture()).toEqual([
      { key: 'v/count', value: '2' },
      { key: 't/items/a', value: '0 2' },
      { key: 'l/log/0', value: '"0"' },
      { key: 'l/log/1', value: '"1"' },
      { key: 'l/log/2', value: '"2"' },
    ]);
    expect([state.dirty, state.capture()]).toEqual([false, []]);
  });

  it('answers a tombstone for what was stored, and nothing for what came and went in between (STATE-C2)', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.items.set('stored', 1));
    state.capture();
    keeping(state, () => {
      cells.items.set('passing', 1);
      cells.count.set(1);
    });
    keeping(state, () => {
      cells.items.clear();
      cells.count.clear();
    });
    expect(state.capture()).toEqual([{ key: 't/items/stored', value: undefined }]);
  });

  it('leaves out the attempt under way, which can be kept or discarded afterwards (STATE-T1)', () => {
    for (const end of ['keep', 'discard'] as const) {
      const { state, cells } = stateOf(create);
      const store = new StoreDouble();
      keeping(state, () => {
        cells.count.set(1);
        cells.items.set('a', 1);
        cells.log.append('x');
      });
      state.begin();
      cells.count.set(2);
      cells.items.delete('a');
      cells.items.set('b', 2);
      cells.log.replaceWith(['y', 'z']);
      store.apply(state.capture());
      expect(store.texts()).toEqual({ 'v/count': '1', 't/items/a': '0 1', 'l/log/0': '"x"' });
      expect(state.snapshot()).toEqual({ count: 1, items: { a: 1 }, log: ['x'] });
      state[end]();
      store.apply(state.capture());
      expect(store.texts()).toEqual(
        end === 'discard'
          ? { 'v/count': '1', 't/items/a': '0 1', 'l/log/0': '"x"' }
          : { 'v/count': '2', 't/items/b': '1 2', 'l/log/0': '"y"', 'l/log/1': '"z"' },
      );
    }
  });

  it('is not disturbed by the attempt under way in other cells and entries', () => {
    const { state, cells } = stateOf(create);
    const change = (to: number) => {
      cells.count.set(to);
      cells.items.set('b', to);
      cells.log.replaceWith([String(to)]);
    };
    keeping(state, () => change(1));
    state.capture();
    keeping(state, () => cells.items.set('a', 1));
    state.begin();
    change(2);
    expect(state.capture()).toEqual([{ key: 't/items/a', value: '1 1' }]);
  });

  it('does not answer again what was captured during an attempt that failed', () => {
    const { state, cells } = stateOf(create);
    const change = (to: number) => {
      cells.count.set(to);
      cells.items.set('a', to);
      cells.log.replaceWith([String(to)]);
    };
    keeping(state, () => change(1));
    state.begin();
    change(2);
    state.capture();
    state.discard();
    const next = create();
    state.bind(next);
    keeping(state, () => next.items.set('b', 3));
    expect(state.capture()).toEqual([{ key: 't/items/b', value: '1 3' }]);
  });

  it('serializes a large value once', () => {
    let writes = 0;
    const type = { ...jsonType<string>(), encode: (value: string) => `${++writes} ${value}` };
    const { state, cells } = stateOf(() => ({ text: PersistedValue.of<string>({ type }) }));
    keeping(state, () => cells.text.set('x'.repeat(100_000)));
    state.capture();
    expect(writes).toBe(1);
  });
});

describe('empty', () => {
  it('does not see the attempt under way', () => {
    const { state, cells } = stateOf(create);
    const clear = () => {
      cells.count.clear();
      cells.items.clear();
      cells.log.clear();
    };
    const fill = () => {
      cells.count.set(1);
      cells.items.set('a', 1);
      cells.log.append('x');
    };
    const seen = [fill, clear].map((change) => {
      state.begin();
      change();
      const during = state.empty;
      state.keep();
      return [during, state.empty];
    });
    expect(seen).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it.each(['count', 'items', 'log'] as const)(
    'is false while only %s holds something, though the attempt under way has removed it',
    (cell) => {
      const { state, cells } = stateOf(create);
      keeping(state, () =>
        ({ count: () => cells.count.set(1), items: () => cells.items.set('a', 1), log: () => cells.log.append('x') })[cell](),
      );
      state.begin();
      cells[cell].clear();
      expect(state.empty).toBe(false);
    },
  );
});

describe('loading', () => {
  it('leaves entries of cells that the class no longer has as they are (STATE-D4)', () => {
    const entries = ['v/gone', 't/gone/a', 'other', 'x/count/1'].map((key) => ({ key, value: Buffer.from('?') }));
    const { state } = stateOf(create, entries);
    expect([state.empty, state.capture()]).toEqual([true, []]);
  });

  it('refuses entries of another kind under the name of a cell', () => {
    expect(() => stateOf(create, [{ key: 'l/items/0', value: Buffer.from('1') }])).toThrow(
      /^STATE_UNREADABLE: cell "items" is a table, but the value stored under its name is a list/,
    );
  });
});

describe('snapshot', () => {
  it('answers what is kept, by name, tables in their order, without cells that hold nothing', () => {
    const { state, cells } = stateOf(create);
    expect(state.snapshot()).toEqual({});
    keeping(state, () => {
      for (const key of ['b', 'a', '__proto__']) cells.items.set(key, key);
      cells.count.set(0);
    });
    expect(JSON.stringify(state.snapshot())).toBe('{"count":0,"items":{"b":"b","a":"a","__proto__":"__proto__"}}');
  });
});

describe('ownCell', () => {
  const own: CellDefinition = { property: undefined, name: '$subscribers', kind: 'table', type: jsonType() };

  it('is a table that outlives instances and takes part in attempts', () => {
    const state = new AddressState([...definitionsOf(create()), own], []);
    const subscribers = state.ownCell('$subscribers');
    expect(() => subscribers.size).toThrow(expect.objectContaining({ code: 'ATTEMPT_ENDED' }));
    discarding(state, () => subscribers.set('a', 1));
    keeping(state, () => subscribers.set('b', 2));
    expect(state.ownCell('$subscribers')).toBe(subscribers);
    expect(state.capture()).toEqual([{ key: 't/$subscribers/b', value: '0 2' }]);
  });

  it('knows only tables it was made with', () => {
    const { state } = stateOf(create);
    expect(() => state.ownCell('count')).toThrow(/invariant broken/);
    expect(() => state.ownCell('missing')).toThrow(/invariant broken/);
  });
});
