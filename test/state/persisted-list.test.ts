import { describe, expect, it } from '@jest/globals';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { discarding, keeping, stateOf, StoreDouble } from './store-double.ts';

const create = () => ({ log: PersistedList.of<unknown>() });

describe('PersistedList', () => {
  it('appends, replaces and clears', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.log.append('a');
      cells.log.appendAll(['b', 'c']);
      cells.log.appendAll([]);
      expect([cells.log.view(), cells.log.length]).toEqual([['a', 'b', 'c'], 3]);
      cells.log.replaceWith(new Set(['x']));
      expect(cells.log.view()).toEqual(['x']);
      cells.log.replaceWith([]);
      expect(cells.log.length).toBe(0);
      cells.log.append('y');
      cells.log.clear();
      expect(cells.log.view()).toEqual([]);
    });
  });

  it('answers a frozen view of the moment', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.log.append({ n: 1 });
      const view = cells.log.view();
      cells.log.append({ n: 2 });
      expect(view).toEqual([{ n: 1 }]);
      expect(Object.isFrozen(view) && Object.isFrozen(view[0])).toBe(true);
      expect(cells.log.view()).toHaveLength(2);
    });
  });

  it('refuses all items when one of them would be lost', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      expect(() => cells.log.appendAll([1, new Date(0)])).toThrow(expect.objectContaining({ code: 'STATE_NOT_SERIALIZABLE' }));
      expect(() => cells.log.append(undefined)).toThrow(expect.objectContaining({ code: 'STATE_NOT_SERIALIZABLE' }));
      expect(cells.log.length).toBe(0);
    });
    expect(state.dirty).toBe(false);
  });

  it('writes only the items that were appended, and after a replacement only as many entries as there are or were', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.log.appendAll([0, 1, 2]));
    state.capture();
    keeping(state, () => cells.log.append(3));
    expect(state.capture()).toEqual([{ key: 'l/log/3', value: '3' }]);
    keeping(state, () => cells.log.replaceWith([9]));
    expect(state.capture()).toEqual([
      { key: 'l/log/0', value: '9' },
      { key: 'l/log/1', value: undefined },
      { key: 'l/log/2', value: undefined },
      { key: 'l/log/3', value: undefined },
    ]);
  });

  it('has its items in order after more than ten of them were loaded', () => {
    const { state, cells } = stateOf(create);
    const store = new StoreDouble();
    const items = Array.from({ length: 12 }, (_, index) => index);
    keeping(state, () => cells.log.appendAll(items));
    store.apply(state.capture());
    const loaded = stateOf(create, store.load());
    keeping(loaded.state, () => expect(loaded.cells.log.view()).toEqual(items));
  });

  it('is as it was after an attempt that appended and replaced failed', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.log.appendAll([1, 2]));
    discarding(state, () => {
      cells.log.append(3);
      cells.log.replaceWith([4, 5, 6]);
      cells.log.append(7);
    });
    expect(state.snapshot()).toEqual({ log: [1, 2] });
    expect(state.capture()).toEqual([
      { key: 'l/log/0', value: '1' },
      { key: 'l/log/1', value: '2' },
    ]);
  });

  it('refuses to load with an item missing in the middle', () => {
    const entries = ['0', '2'].map((position) => ({ key: `l/log/${position}`, value: Buffer.from('1') }));
    expect(() => stateOf(create, entries)).toThrow(expect.objectContaining({ code: 'STATE_UNREADABLE' }));
  });
});
