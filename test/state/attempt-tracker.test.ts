import { describe, expect, it } from '@jest/globals';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { keeping, stateOf } from './store-double.ts';

const create = () => ({ count: PersistedValue.of<number>(), items: PersistedTable.of<unknown>(), log: PersistedList.of<string>() });

describe('the size of the state of an address', () => {
  const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

  it('fails the attempt that would make the state larger than 16 MiB', () => {
    const { state, cells } = stateOf(create);
    state.begin();
    cells.items.set('a', megabytes(8));
    cells.log.append(megabytes(7));
    for (const grow of [
      () => cells.items.set('b', megabytes(1)),
      () => cells.log.append(megabytes(1)),
      () => cells.items.set('a', megabytes(9)),
    ]) {
      expect(grow).toThrow(expect.objectContaining({ code: 'STATE_TOO_LARGE' }));
    }
    cells.items.set('a', megabytes(7));
    cells.items.set('b', 'small');
    expect([cells.items.size, cells.log.length]).toEqual([2, 1]);
  });

  it('counts large values as they are written: characters that take three bytes, escapes', () => {
    const { state, cells } = stateOf(create);
    state.begin();
    expect(() => cells.items.set('a', '€'.repeat(6 * 1024 * 1024))).toThrow(expect.objectContaining({ code: 'STATE_TOO_LARGE' }));
    expect(() => cells.items.set('a', '\u0001'.repeat(3 * 1024 * 1024))).toThrow(expect.objectContaining({ code: 'STATE_TOO_LARGE' }));
  });

  it('lets a state that is too large become smaller', () => {
    const stored = [
      { key: 't/items/a', value: Buffer.from(`0 "${megabytes(20)}"`) },
      { key: 't/items/b', value: Buffer.from(`1 "${megabytes(20)}"`) },
    ];
    const { state, cells } = stateOf(create, stored);
    keeping(state, () => {
      cells.items.delete('a');
      cells.items.set('b', 1);
    });
    expect(state.bytes).toBeLessThan(100);
  });

  it('is 0 when everything is removed', () => {
    const { state, cells } = stateOf(create);
    expect([state.bytes, state.empty]).toEqual([0, true]);
    keeping(state, () => {
      cells.count.set(1);
      cells.items.set('a', 1);
      cells.log.append('x');
    });
    expect([state.bytes > 0, state.empty]).toEqual([true, false]);
    keeping(state, () => {
      cells.count.clear();
      cells.items.clear();
      cells.log.clear();
    });
    expect([state.bytes, state.empty]).toEqual([0, true]);
  });
});
