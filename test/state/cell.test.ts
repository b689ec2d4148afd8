import { describe, expect, it } from '@jest/globals';
import { AddressState } from '../../src/state/address-state.ts';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { definitionsOf, discarding, keeping, stateOf, thrownBy } from './store-double.ts';

const create = () => ({ count: PersistedValue.of<number>(), items: PersistedTable.of<unknown>(), log: PersistedList.of<string>() });
type Cells = ReturnType<typeof create>;

const uses: readonly (readonly [string, (cells: Cells) => unknown])[] = [
  ['value get', ({ count }) => count.get()],
  ['value getOrDefault', ({ count }) => count.getOrDefault(1)],
  ['value set', ({ count }) => count.set(1)],
  ['value update', ({ count }) => count.update(() => 1)],
  ['value clear', ({ count }) => count.clear()],
  ['value exists', ({ count }) => count.exists()],
  ['table get', ({ items }) => items.get('a')],
  ['table set', ({ items }) => items.set('a', 1)],
  ['table delete', ({ items }) => items.delete('a')],
  ['table has', ({ items }) => items.has('a')],
  ['table size', ({ items }) => items.size],
  ['table clear', ({ items }) => items.clear()],
  ['table entries', ({ items }) => items.entries()],
  ['table keys', ({ items }) => items.keys()],
  ['table values', ({ items }) => items.values()],
  ['list append', ({ log }) => log.append('a')],
  ['list appendAll', ({ log }) => log.appendAll([])],
  ['list replaceWith', ({ log }) => log.replaceWith([])],
  ['list view', ({ log }) => log.view()],
  ['list length', ({ log }) => log.length],
  ['list clear', ({ log }) => log.clear()],
];

describe('a cell', () => {
  it.each(uses)('%s throws STATE_NOT_BOUND before the cells are bound', (_name, use) => {
    expect(thrownBy(() => use(create()))).toMatchObject({ code: 'STATE_NOT_BOUND' });
  });

  it.each(uses)('%s throws ATTEMPT_ENDED while no attempt is open (STATE-D1)', (_name, use) => {
    const { state, cells } = stateOf(create);
    expect(thrownBy(() => use(cells))).toMatchObject({ code: 'ATTEMPT_ENDED' });
    keeping(state, () => use(cells));
    expect(thrownBy(() => use(cells))).toMatchObject({ code: 'ATTEMPT_ENDED' });
  });

  it.each(uses)('%s throws ATTEMPT_ENDED for good after its attempt failed', (_name, use) => {
    const { state, cells } = stateOf(create);
    discarding(state, () => undefined);
    state.bind(create());
    state.begin();
    expect(thrownBy(() => use(cells))).toMatchObject({ code: 'ATTEMPT_ENDED' });
  });

  it('stays ended after a failed attempt when no other instance is bound', () => {
    const { state, cells } = stateOf(create);
    discarding(state, () => undefined);
    state.begin();
    expect(thrownBy(() => cells.count.get())).toMatchObject({ code: 'ATTEMPT_ENDED' });
    expect(thrownBy(() => state.bind(cells))).toMatchObject({ code: 'STATE_CELL_SHARED' });
  });

  it('names the cell in ATTEMPT_ENDED', () => {
    const { cells } = stateOf(create);
    expect(() => cells.items.get('a')).toThrow(/^ATTEMPT_ENDED: the persisted table "items" was used while no attempt of it was open/);
  });

  it('ends the cells of the instance that was bound before', () => {
    const { state, cells } = stateOf(create);
    const next = create();
    state.bind(next);
    state.begin();
    next.count.set(1);
    expect(() => cells.count.get()).toThrow(expect.objectContaining({ code: 'ATTEMPT_ENDED' }));
  });

  it('goes on with an instance that is bound again', () => {
    const { state, cells } = stateOf(create);
    state.bind(cells);
    keeping(state, () => cells.count.set(1));
    state.bind(cells);
    keeping(state, () => expect(cells.count.get()).toBe(1));
  });

  it('refuses a cell that lives outside its instance: two addresses would share it', () => {
    const shared = PersistedValue.of<number>();
    const definitions = definitionsOf({ shared });
    new AddressState(definitions, []).bind({ shared });
    expect(() => new AddressState(definitions, []).bind({ shared })).toThrow(expect.objectContaining({ code: 'STATE_CELL_SHARED' }));
  });

  it('refuses an instance whose constructor made something else than the first one did', () => {
    const state = new AddressState(definitionsOf(create()), []);
    expect(() => state.bind({ ...create(), items: PersistedList.of() })).toThrow(expect.objectContaining({ code: 'STATE_CELL_MISSING' }));
  });
});
