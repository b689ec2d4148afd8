import { describe, expect, it } from '@jest/globals';
import { AddressState } from '../../src/state/address-state.ts';
import type { CellDefinition } from '../../src/state/cell-definition.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { jsonType, type StateType } from '../../src/state/state-type.ts';
import { definitionsOf, discarding, keeping, StoreDouble, stateOf } from './store-double.ts';

interface Item {
  readonly id: string;
  readonly count?: number;
}

const create = () => ({ value: PersistedValue.of<Item>(), items: PersistedTable.of<Item>(), log: PersistedList.of<Item>() });

/** The known texts of what a cell returns. */
function textsOf(state: AddressState, values: Iterable<Item | undefined>, depthMax = 500): readonly (string | undefined)[] {
  return Array.from(values, (value) => (value === undefined ? undefined : state.textOf(value, depthMax)?.text));
}

describe('the texts of values', () => {
  it('are those of the very objects that cells return', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.value.set({ id: 'v' });
      for (const id of ['a', 'b', 'ä']) cells.items.set(id, { id });
      cells.log.appendAll([{ id: '0' }, { id: '1' }]);
      expect(textsOf(state, [cells.value.get()])).toEqual(['{"id":"v"}']);
      expect(textsOf(state, cells.items.values())).toEqual(['{"id":"a"}', '{"id":"b"}', '{"id":"ä"}']);
      expect(textsOf(state, cells.log.view())).toEqual(['{"id":"0"}', '{"id":"1"}']);
      expect(textsOf(state, [{ id: 'v' }, Object.freeze({ id: 'a' })])).toEqual([undefined, undefined]);
      expect([...cells.items.values()].map((item) => state.textOf(item, 500)?.ascii)).toEqual([true, true, false]);
    });
  });

  it('are written once, and again after the value was set', () => {
    let written = 0;
    const { state, cells } = stateOf(create);
    const item = {
      id: 'v',
      get count() {
        return ++written;
      },
    };
    keeping(state, () => {
      cells.value.set(item);
      written = 0;
      expect(textsOf(state, [cells.value.get(), cells.value.get()])).toEqual(['{"id":"v","count":1}', '{"id":"v","count":1}']);
      cells.value.set({ id: 'w' });
      expect(textsOf(state, [item, cells.value.get()])).toEqual([undefined, '{"id":"w"}']);
    });
  });

  it('come back with the values of a failed attempt', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.items.set('a', { id: 'a' }));
    discarding(state, () => {
      textsOf(state, cells.items.values());
      cells.items.set('a', { id: 'changed' });
      textsOf(state, cells.items.values());
    });
    const next = create();
    state.bind(next);
    keeping(state, () => expect(textsOf(state, next.items.values())).toEqual(['{"id":"a"}']));
    expect(state.capture()).toEqual([{ key: 't/items/a', value: '0 {"id":"a"}' }]);
  });

  it('are found in large tables and long lists, in their order and with gaps', () => {
    const { state, cells } = stateOf(create);
    const ids = Array.from({ length: 200 }, (_, index) => String(index));
    keeping(state, () => {
      for (const id of ids) cells.items.set(id, { id });
      cells.log.appendAll(ids.map((id) => ({ id })));
      for (const values of [[...cells.items.values()], cells.log.view()]) {
        const expected = ids.map((id) => `{"id":"${id}"}`);
        expect(textsOf(state, values)).toEqual(expected);
        expect(textsOf(state, values)).toEqual(expected);
        const everyTenth = values.filter((_, index) => index % 10 === 0);
        expect(textsOf(state, everyTenth).filter((text) => text !== undefined)).not.toHaveLength(0);
      }
    });
  });

  it('are not those of other types, of tables of the framework, or of values with more levels than allowed', () => {
    const own: CellDefinition = { property: undefined, name: '$own', kind: 'table', type: jsonType() };
    const reversed: StateType<Item> = { ...jsonType<Item>(), encode: ({ id }) => id, decode: (bytes) => ({ id: String(bytes) }) };
    const makeOther = () => ({ other: PersistedValue.of<Item>({ type: reversed }), deep: PersistedValue.of<unknown>() });
    const cells = makeOther();
    const state = new AddressState([...definitionsOf(makeOther()), own], []);
    state.bind(cells);
    keeping(state, () => {
      cells.other.set({ id: 'a' });
      state.ownCell('$own').set('k', { id: 'b' });
      expect(textsOf(state, [cells.other.get(), state.ownCell('$own').get('k') as Item])).toEqual([undefined, undefined]);
      cells.deep.set([[['x'.repeat(100)]]]);
      const deep = cells.deep.get() as object;
      expect([state.textOf(deep, 3)?.text.length, state.textOf(deep, 2)]).toEqual([108, undefined]);
    });
  });

  it('count as memory of the state until they are set again or dropped', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.value.set({ id: 'v' }));
    const { bytes } = state;
    const readText = (): void => keeping(state, () => void textsOf(state, [cells.value.get()]));
    readText();
    expect(state.bytes).toBe(bytes + '{"id":"v"}'.length);
    state.dropTexts();
    expect(state.bytes).toBe(bytes);
    readText();
    keeping(state, () => cells.value.set({ id: 'w' }));
    expect(state.bytes).toBe(bytes);
    readText();
    expect(state.capture()).toEqual([{ key: 'v/value', value: '{"id":"w"}' }]);
    expect(state.bytes).toBe(bytes + '{"id":"w"}'.length);
    keeping(state, () => cells.value.clear());
    expect(state.bytes).toBe(0);
  });

  it('are not kept by a capture that has written them itself, or when they are long', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.value.set({ id: 'v' }));
    const { bytes } = state;
    state.capture();
    expect(state.bytes).toBe(bytes);
    keeping(state, () => cells.value.set({ id: 'x'.repeat(65_536) }));
    expect(state.bytes).toBeGreaterThan(2 * 65_536);
    state.capture();
    expect(state.bytes).toBeLessThan(2 * 65_536);
  });

  it('are written anew for loaded values, however these were stored', () => {
    const store = new StoreDouble();
    store.apply([{ key: 'v/value', value: '{ "id" : "v" }' }]);
    const { state, cells } = stateOf(create, store.load());
    keeping(state, () => expect(textsOf(state, [cells.value.get()])).toEqual(['{"id":"v"}']));
  });
});
