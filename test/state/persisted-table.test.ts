import { describe, expect, it } from '@jest/globals';
import { tableEntriesMax } from '../../src/state/limits.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { bytesType } from '../../src/state/state-type.ts';
import { discarding, keeping, stateOf, StoreDouble } from './store-double.ts';

const create = () => ({ items: PersistedTable.of<number>(), blobs: PersistedTable.of({ type: bytesType() }) });

function open(): PersistedTable<number> {
  const { state, cells } = stateOf(create);
  state.begin();
  return cells.items;
}

describe('PersistedTable', () => {
  it('sets, gets and removes by key', () => {
    const items = open();
    items.set('a', 1);
    items.set('a', 2);
    expect([items.get('a'), items.has('a'), items.size]).toEqual([2, true, 1]);
    expect([items.delete('a'), items.delete('a')]).toEqual([true, false]);
    expect([items.get('a'), items.has('a'), items.size]).toEqual([undefined, false, 0]);
  });

  it('iterates in insertion order; a key that is set again keeps its place, one that was removed comes last', () => {
    const items = open();
    for (const key of ['10', 'b', '2', 'a']) items.set(key, 1);
    items.set('b', 2);
    items.delete('10');
    items.set('10', 3);
    expect([...items.keys()]).toEqual(['b', '2', 'a', '10']);
    expect([...items.values()]).toEqual([2, 1, 1, 3]);
    expect([...items.entries()]).toEqual([
      ['b', 2],
      ['2', 1],
      ['a', 1],
      ['10', 3],
    ]);
  });

  it('sees changes during an iteration also when another iteration meanwhile puts a large table in order', () => {
    const { state, cells } = stateOf(create);
    const keys = Array.from({ length: 12 }, (_, index) => `k${index}`);
    keeping(state, () => keys.forEach((key) => cells.items.set(key, 1)));
    // The stamps of these keys are given again.
    discarding(state, () => ['x', 'y'].forEach((key) => cells.items.set(key, 1)));
    const instance = create();
    const { items } = instance;
    state.bind(instance);
    state.begin();
    const seen: string[] = [];
    for (const [key] of items.entries()) {
      seen.push(key);
      if (key !== 'k0') continue;
      items.set('new', 1);
      expect([...items.keys()]).toEqual([...keys, 'new']);
      items.delete('k5');
      items.set('last', 1);
    }
    expect(seen).toEqual([...keys.filter((key) => key !== 'k5'), 'new', 'last']);
  });

  it('has the same order after it was stored and loaded', () => {
    const { state, cells } = stateOf(create);
    const store = new StoreDouble();
    keeping(state, () => ['z', 'a', 'm'].forEach((key, index) => cells.items.set(key, index)));
    store.apply(state.capture());
    const loaded = stateOf(create, store.load());
    keeping(loaded.state, () => {
      loaded.cells.items.set('b', 9);
      expect([...loaded.cells.items.entries()]).toEqual([
        ['z', 0],
        ['a', 1],
        ['m', 2],
        ['b', 9],
      ]);
    });
  });

  it.each([
    ['removed a key', (items: PersistedTable<number>) => items.delete('a')],
    [
      'removed a key and set it again',
      (items: PersistedTable<number>) => {
        items.delete('a');
        items.set('a', 5);
      },
    ],
    [
      'cleared and filled',
      (items: PersistedTable<number>) => {
        items.clear();
        items.set('d', 4);
        items.set('b', 6);
      },
    ],
  ])('has the same order after an attempt failed that %s', (_what, change) => {
    const { state, cells } = stateOf(create);
    keeping(state, () => ['a', 'b', 'c'].forEach((key, index) => cells.items.set(key, index)));
    discarding(state, () => change(cells.items));
    const next = create();
    state.bind(next);
    const entries = keeping(state, () => [...next.items.entries()]);
    expect(JSON.stringify(entries)).toBe('[["a",0],["b",1],["c",2]]');
  });

  it('takes any text as a key', () => {
    const keys = ['', '/', 'a/b', '__proto__', 'constructor', '\0', 'ünï🍏', 'half \ud83c', '"half \\ud83c"', '"quoted"', '1'];
    const { state, cells } = stateOf(create);
    const store = new StoreDouble();
    keeping(state, () => keys.forEach((key, index) => cells.items.set(key, index)));
    store.apply(state.capture().map(({ key, value }) => ({ key: Buffer.from(key).toString(), value })));
    const loaded = stateOf(create, store.load());
    keeping(loaded.state, () => expect([...loaded.cells.items.keys()]).toEqual(keys));
  });

  it('refuses keys that are no text, which would be others after a reload, and keys that are too long', () => {
    const items = open();
    for (const key of [5, undefined, null, {}, 'x'.repeat(65_537), 'ü'.repeat(32_769), '\ud800'.repeat(10_923)] as string[]) {
      for (const use of [() => items.set(key, 1), () => items.get(key), () => items.has(key), () => items.delete(key)]) {
        expect(use).toThrow(expect.objectContaining({ code: 'STATE_KEY_INVALID' }));
      }
    }
    items.set('ü'.repeat(32_768), 1);
    items.set('\ud800'.repeat(10_922), 1);
    expect(items.size).toBe(2);
  });

  it('refuses undefined: remove is what takes an entry away', () => {
    const items = open();
    items.set('a', 1);
    expect(() => items.set('a', undefined as never)).toThrow(expect.objectContaining({ code: 'STATE_NOT_SERIALIZABLE' }));
    expect(items.get('a')).toBe(1);
  });

  it('lets entries be removed and set while iterating, as a Map does', () => {
    const items = open();
    for (const key of ['a', 'b', 'c']) items.set(key, 1);
    const seen: string[] = [];
    for (const key of items.keys()) {
      seen.push(key);
      items.delete(key);
      if (key === 'a') items.set('d', 1);
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
    expect(items.size).toBe(0);
  });

  it('ends an iterator with its attempt, also when another one has begun', () => {
    const { state, cells } = stateOf(create);
    state.begin();
    cells.items.set('a', 1);
    cells.items.set('b', 1);
    const begun = cells.items.keys();
    begun.next();
    const untouched = cells.items.values();
    state.keep();
    const ended: unknown = expect.objectContaining({ code: 'ATTEMPT_ENDED' });
    expect(() => cells.items.keys()).toThrow(ended);
    state.begin();
    expect(() => begun.next()).toThrow(ended);
    expect(() => untouched.next()).toThrow(ended);
  });

  it('holds 100,000 entries and no more', () => {
    const items = open();
    for (let index = 0; index < tableEntriesMax; index++) items.set(String(index), index);
    expect(() => items.set('one more', 1)).toThrow(expect.objectContaining({ code: 'STATE_TABLE_FULL' }));
    items.set('0', -1);
    items.delete('1');
    items.set('one more', 1);
    expect(items.size).toBe(100_000);
  });

  it('writes one entry when one of many is changed', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => Array.from({ length: 1000 }, (_, index) => cells.items.set(`k${index}`, index)));
    expect(state.capture()).toHaveLength(1000);
    keeping(state, () => {
      cells.items.set('k7', -7);
      cells.items.set('k7', -8);
    });
    expect(state.capture()).toEqual([{ key: 't/items/k7', value: '7 -8' }]);
  });

  it('writes bytes behind their stamp', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.blobs.set('k', new Uint8Array([0, 255])));
    const [change] = state.capture();
    // "0 " in ASCII, then the bytes.
    expect(Buffer.from(change?.value ?? '')).toEqual(Buffer.from([0x30, 0x20, 0x00, 0xff]));
  });

  it.each(['', '7', 'x {}', ' 1'])('refuses to load an entry without a stamp: %j', (stored) => {
    expect(() => stateOf(create, [{ key: 't/items/a', value: Buffer.from(stored) }])).toThrow(
      expect.objectContaining({ code: 'STATE_UNREADABLE' }),
    );
  });
});
