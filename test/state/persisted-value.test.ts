import { describe, expect, it } from '@jest/globals';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { bytesType, customType, int32Type } from '../../src/state/state-type.ts';
import { keeping, stateOf, StoreDouble } from './store-double.ts';

const create = () => ({
  cart: PersistedValue.of<{ items: { id: string; added?: unknown }[] } | null>(),
  count: PersistedValue.of({ type: int32Type() }),
  blob: PersistedValue.of({ type: bytesType() }),
});

function open(): ReturnType<typeof create> {
  const { state, cells } = stateOf(create);
  state.begin();
  return cells;
}

describe('PersistedValue', () => {
  it('holds nothing until it is set', () => {
    const { cart } = open();
    expect(cart.get()).toBeUndefined();
    expect(cart.exists()).toBe(false);
  });

  it('answers what was set, in the same attempt and in later ones', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.count.set(5);
      expect(cells.count.get()).toBe(5);
    });
    keeping(state, () => expect(cells.count.get()).toBe(5));
  });

  it('freezes what it is given and what it answers', () => {
    const { cart } = open();
    const given = { items: [{ id: 'a' }] };
    cart.set(given);
    expect(() => given.items.push({ id: 'b' })).toThrow(TypeError);
    expect(() => cart.get()?.items.push({ id: 'b' })).toThrow(TypeError);
  });

  it('keeps null as a value and takes undefined as clearing', () => {
    const { cart } = open();
    cart.set(null);
    expect([cart.get(), cart.exists()]).toEqual([null, true]);
    cart.set(undefined);
    expect([cart.get(), cart.exists()]).toEqual([undefined, false]);
  });

  it('is empty after clear', () => {
    const { count } = open();
    count.set(1);
    count.clear();
    expect(count.exists()).toBe(false);
  });

  it('answers a fallback, or makes one, without storing it', () => {
    const { count } = open();
    expect(count.getOrDefault(7)).toBe(7);
    expect(count.getOrDefault(() => 8)).toBe(8);
    expect(count.exists()).toBe(false);
    count.set(1);
    expect(
      count.getOrDefault(() => {
        throw new Error('not needed');
      }),
    ).toBe(1);
  });

  it('freezes a fallback, so that changing it fails at the first message and not at the second', () => {
    const { cart } = open();
    expect(() => cart.getOrDefault({ items: [] })?.items.push({ id: 'a' })).toThrow(TypeError);
  });

  it('updates from the current value, and clears when the update answers undefined', () => {
    const { count } = open();
    expect(count.update((current) => (current ?? 0) + 1)).toBe(1);
    expect(count.update((current) => (current ?? 0) + 1)).toBe(2);
    expect(count.update(() => undefined)).toBeUndefined();
    expect(count.exists()).toBe(false);
  });

  it('refuses what would be lost, names cell and place, and keeps what was there', () => {
    const { cart } = open();
    cart.set({ items: [] });
    expect(() => cart.set({ items: [{ id: 'a', added: new Date(0) }] })).toThrow(
      /^STATE_NOT_SERIALIZABLE: type "json" of cell "cart" would lose items\[0\]\.added \(Date\)\./,
    );
    expect(cart.get()).toEqual({ items: [] });
  });

  it('copies bytes on set and on get', () => {
    const { blob } = open();
    const given = new Uint8Array([1, 2]);
    blob.set(given);
    given[0] = 9;
    const read = blob.get();
    if (read !== undefined) read[1] = 9;
    expect([...(blob.get() ?? [])]).toEqual([1, 2]);
  });

  it('decodes a stored value once, at its first use', () => {
    const reads: string[] = [];
    const decode = (bytes: Uint8Array): string => {
      reads.push(Buffer.from(bytes).toString());
      return 'decoded';
    };
    const type = { ...int32Type(), holds: 'value' as const, decode } as never;
    const { state, cells } = stateOf(() => ({ text: PersistedValue.of<string>({ type }) }), [{ key: 'v/text', value: Buffer.from('x') }]);
    expect(reads).toEqual([]);
    keeping(state, () => [cells.text.get(), cells.text.get()]);
    expect(reads).toEqual(['x']);
  });

  it('says which cell holds bytes that are not of its type', () => {
    const { state, cells } = stateOf(create, [{ key: 'v/count', value: Buffer.from('many') }]);
    state.begin();
    expect(() => cells.count.get()).toThrow(/^STATE_UNREADABLE: the stored value of cell "count" cannot be read as type "int32"/);
  });

  it('writes nothing when it is set to what it holds', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => cells.cart.set({ items: [] }));
    state.capture();
    keeping(state, () => {
      cells.cart.set(cells.cart.get());
      cells.count.clear();
    });
    expect([state.dirty, state.capture()]).toEqual([false, []]);
  });

  it('lets what a custom type decoded be changed freely: only set persists', () => {
    const dates = customType<Date>({
      name: 'date',
      encode: (date) => date.toISOString(),
      decode: (bytes) => new Date(Buffer.from(bytes).toString()),
    });
    const createDated = () => ({ at: PersistedValue.of({ type: dates }) });
    const { state, cells } = stateOf(createDated);
    const store = new StoreDouble();
    keeping(state, () => {
      cells.at.set(new Date(1000));
      cells.at.get()?.setTime(2000);
      expect(cells.at.get()).toEqual(new Date(1000));
    });
    store.apply(state.capture());
    expect(store.texts()).toEqual({ 'v/at': '1970-01-01T00:00:01.000Z' });
  });
});
