import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cellSpecs, ServedState } from '../../../../src/request-reply/serving/classes/served-state.ts';
import type { AttachedState, StateMutation } from '../../../../src/functions/remote/invocation-batch.ts';
import { PersistedList } from '../../../../src/state/persisted-list.ts';
import { PersistedTable } from '../../../../src/state/persisted-table.ts';
import { PersistedValue } from '../../../../src/state/persisted-value.ts';
import { cellsOf } from '../../../../src/state/cell-definition.ts';
import { bytesType, int32Type } from '../../../../src/state/state-type.ts';
import { bytesOf, hex } from '../../golden.ts';

class Cart {
  readonly total = PersistedValue.of<number>({ type: int32Type() });
  readonly note = PersistedValue.of<{ readonly text: string }>();
  readonly items = PersistedTable.of<number>();
  readonly log = PersistedList.of<string>();
  readonly raw = PersistedTable.of<Uint8Array>({ type: bytesType() });
}

const cells = cellsOf(new Cart(), ['total', 'note', 'items', 'log', 'raw'], 'class Cart');

/** One batch with one message: what the cluster attaches, what the handler does, what goes back. */
function batch(attached: readonly AttachedState[], handler: (cart: Cart) => void): readonly StateMutation[] {
  const state = new ServedState(cells, attached);
  const cart = new Cart();
  state.address.bind(cart);
  state.address.begin();
  handler(cart);
  state.address.keep();
  return state.mutations();
}

const bytes = (mutations: readonly StateMutation[], name: string): string =>
  hex(mutations.find((mutation) => mutation.name === name)?.value?.value ?? new Uint8Array(0));

describe('the cells of a class in a cluster', () => {
  it('are one state each', () => {
    expect(cellSpecs(cells).map(({ name, typename }) => [name, typename])).toEqual([
      ['total', 'io.statefun.types/int'],
      ['note', 'statefun.types/json'],
      ['items', 'statefun.types/table'],
      ['log', 'statefun.types/list'],
      ['raw', 'statefun.types/table'],
    ]);
  });

  it('have the bytes that the layout says', () => {
    const mutations = batch([], (cart) => {
      cart.total.set(1);
      cart.note.set({ text: 'a' });
      cart.items.set('b', 2);
      cart.items.set('a', 1);
      cart.items.set('\ud800', 3);
      cart.log.appendAll(['x', 'y']);
    });
    expect(bytes(mutations, 'total')).toBe(hex(bytesOf('0D01000000')));
    expect(bytes(mutations, 'note')).toBe(Buffer.from('{"text":"a"}').toString('hex'));
    // Entries in the order of setting: b, a, and the key that only JSON can write.
    expect(bytes(mutations, 'items')).toBe(
      hex(bytesOf('0A06 0A0162 120132', '0A06 0A0161 120131', '0A0D 120133 1A08', Buffer.from('"\\ud800"').toString('hex'))),
    );
    expect(bytes(mutations, 'log')).toBe(hex(bytesOf('0A03 227822', '0A03 227922')));
  });

  it('come back as they were, tables in their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.uint8Array()), { selector: ([key]) => key }),
        fc.array(fc.string()),
        (rows, items) => {
          const written = batch([], (cart) => {
            for (const [key, value] of rows) cart.raw.set(key, value);
            cart.log.appendAll(items);
          });
          const attached = written.map(({ name, value }) => ({ name, value }));
          batch(attached, (cart) => {
            expect([...cart.raw.entries()]).toEqual(rows.map(([key, value]) => [key, new Uint8Array(value)]));
            expect(cart.log.view()).toEqual(items);
          });
        },
      ),
    );
  });

  it('change only what a handler changes, and keep the rest of a table', () => {
    const first = batch([], (cart) => {
      cart.items.set('a', 1);
      cart.items.set('b', 2);
      cart.total.set(5);
    });
    const second = batch(first, (cart) => {
      cart.items.delete('a');
      cart.items.set('c', 3);
    });
    expect(second.map(({ name }) => name)).toEqual(['items']);
    batch(second, (cart) =>
      expect([...cart.items.entries()]).toEqual([
        ['b', 2],
        ['c', 3],
      ]),
    );
  });

  it('are removed when nothing is left in them', () => {
    const first = batch([], (cart) => {
      cart.items.set('a', 1);
      cart.log.append('x');
      cart.total.set(1);
    });
    const second = batch(first, (cart) => {
      cart.items.clear();
      cart.log.clear();
      cart.total.clear();
    });
    expect(second).toEqual([
      { name: 'total', value: undefined },
      { name: 'items', value: undefined },
      { name: 'log', value: undefined },
    ]);
  });

  it('are refused when what is stored is no table', () => {
    const broken = [{ name: 'items', value: { typename: 'statefun.types/table', hasValue: true, value: Buffer.of(0x0a, 5) } }];
    expect(() => new ServedState(cells, broken)).toThrow('STATE_UNREADABLE: the stored table "items" cannot be read');
  });
});
