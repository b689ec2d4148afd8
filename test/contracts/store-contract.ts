import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toBytes, type Store, type StoredEntry, type StoreChange } from '../../src/storage/store.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens it again on the same data; stores that keep nothing have none. */
  readonly reopen?: () => Promise<Store>;
  /** Closes the store and removes its data. */
  readonly dispose: () => Promise<void>;
}

const collections = ['state/shop/cart/1', 'state/shop/cart/12', 'state/shop/☃/\u{1f6d2}', '__proto__', ''];
const keys = ['items', 'constructor', '', 'a/b\0c', 'ключ'];

const change = fc.record<StoreChange>({
  collection: fc.constantFrom(...collections),
  key: fc.constantFrom(...keys),
  value: fc.oneof(fc.constant(undefined), fc.string({ unit: 'binary', maxLength: 40 }), fc.uint8Array({ maxLength: 40 })),
});
const steps = fc.array(
  fc.oneof({ weight: 4, arbitrary: fc.array(change, { maxLength: 8 }) }, { weight: 1, arbitrary: fc.constant('reopen' as const) }),
  {
    maxLength: 12,
  },
);

/** What every store keeps to; `open` gives an empty one. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let opened: OpenedStore;
    let store: Store;

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });

    afterEach(() => opened.dispose());

    it('answers at once, and with nothing, for a collection that has no keys', async () => {
      expect(store.load('state/shop/cart/1')).toEqual([]);
      await store.commit([{ collection: 'state/shop/cart/1', key: 'items', value: 'x' }]);
      await store.commit([{ collection: 'state/shop/cart/1', key: 'items', value: undefined }]);
      expect(store.load('state/shop/cart/1')).toEqual([]);
    });

    it('gives back text as UTF-8 and bytes as they are, empty ones too', async () => {
      await store.commit([
        { collection: 'c', key: 'text', value: 'Ünï ☃ \u{1f6d2}' },
        { collection: 'c', key: 'bytes', value: new Uint8Array([0, 255, 254, 128]) },
        { collection: 'c', key: 'none', value: '' },
      ]);
      expect(await entriesOf(store, 'c')).toEqual({ text: 'c39c6ec3af20e2988320f09f9b92', bytes: '00fffe80', none: '' });
    });

    it('lets a value write itself, and keeps no more than it wrote', async () => {
      const value = { encodedBytesMax: 100, encodeInto: (target: Buffer, offset: number) => offset + target.write('written', offset) };
      await store.commit([
        { collection: 'c', key: 'a', value },
        { collection: 'c', key: 'b', value: 'next' },
      ]);
      expect(await entriesOf(store, 'c')).toEqual({ a: Buffer.from('written').toString('hex'), b: Buffer.from('next').toString('hex') });
    });

    it('keeps the last of several changes of one key in a commit', async () => {
      await store.commit([
        { collection: 'c', key: 'kept', value: undefined },
        { collection: 'c', key: 'kept', value: '1' },
        { collection: 'c', key: 'kept', value: '2' },
        { collection: 'c', key: 'removed', value: '3' },
        { collection: 'c', key: 'removed', value: undefined },
      ]);
      expect(await entriesOf(store, 'c')).toEqual({ kept: '32' });
    });

    it('takes the objects that a caller keeps for its keys, whatever happens to these meanwhile', async () => {
      const kept = { slot: 0 };
      const change = (value: string | undefined, entry?: StoredEntry): StoreChange => ({
        collection: 'c',
        key: 'k',
        value,
        entry,
        ascii: true,
      });
      await store.commit([change('1', kept)]);
      await store.commit([change('2', { slot: 0 })]);
      await store.commit([change(undefined), { collection: 'c', key: 'other', value: 'stays', entry: { slot: 0 } }]);
      expect(await entriesOf(store, 'c')).toEqual({ other: Buffer.from('stays').toString('hex') });
      await store.commit([change('3', kept)]);
      await store.commit([change('4', kept), change(undefined, kept), change('5', kept)]);
      expect(await entriesOf(store, 'c')).toEqual({ k: '35', other: Buffer.from('stays').toString('hex') });
      expect(store.stats().keys).toBe(2);
    });

    it('takes the removal of a key that is not there', async () => {
      await store.commit([{ collection: 'c', key: 'k', value: undefined }]);
      expect(store.stats().keys).toBe(0);
    });

    it('counts commits, empty ones too, and the keys that are there', async () => {
      await store.commit([
        { collection: 'a', key: 'k', value: '1' },
        { collection: 'b', key: 'k', value: '1' },
      ]);
      await store.commit([]);
      await store.commit([
        { collection: 'a', key: 'k', value: '2' },
        { collection: 'b', key: 'k', value: undefined },
      ]);
      expect(store.stats()).toMatchObject({ commits: 3, keys: 1 });
    });

    it('gives a load what was committed when it was asked', async () => {
      await store.commit([{ collection: 'c', key: 'k', value: 'before' }]);
      const loading = store.load('c');
      await store.commit([{ collection: 'c', key: 'k', value: 'after' }]);
      expect((await loading).map(({ value }) => Buffer.from(value).toString())).toEqual(['before']);
    });

    it('can be closed again and again', async () => {
      await store.close();
      await expect(store.close()).resolves.toBeUndefined();
    });

    it('equals a map after any commits, and any reopening', async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (run) => {
          const fresh = await open();
          try {
            await playAgainstModel(fresh, run);
          } finally {
            await fresh.dispose();
          }
        }),
        { seed: 20_260_101, numRuns: 25 },
      );
    }, 60_000);
  });
}

async function playAgainstModel(opened: OpenedStore, run: readonly (StoreChange[] | 'reopen')[]): Promise<void> {
  const model = new Map<string, Map<string, string>>();
  let store = opened.store;
  let commits = 0;
  for (const step of run) {
    if (step === 'reopen') {
      store = (await opened.reopen?.()) ?? store;
    } else {
      await store.commit(step);
      commits += 1;
      for (const { collection, key, value } of step) {
        const entries = model.get(collection) ?? new Map<string, string>();
        if (value === undefined) entries.delete(key);
        else entries.set(key, Buffer.from(toBytes(value)).toString('hex'));
        if (entries.size === 0) model.delete(collection);
        else model.set(collection, entries);
      }
    }
    for (const name of collections) {
      const entries = await store.load(name);
      expect(new Map(entries.map(({ key, value }) => [key, Buffer.from(toBytes(value)).toString('hex')]))).toEqual(
        model.get(name) ?? new Map(),
      );
    }
    const keys = [...model.values()].reduce((sum, { size }) => sum + size, 0);
    expect(store.stats()).toMatchObject({ commits, keys });
  }
}

/** The stored values of a collection, in hex. */
async function entriesOf(store: Store, collection: string): Promise<Record<string, string>> {
  const entries = await store.load(collection);
  return Object.fromEntries(entries.map(({ key, value }) => [key, Buffer.from(toBytes(value)).toString('hex')]));
}
