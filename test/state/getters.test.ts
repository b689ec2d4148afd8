import { describe, expect, it } from '@jest/globals';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { keeping, stateOf } from './store-double.ts';

const create = () => ({ table: PersistedTable.of<unknown>(), value: PersistedValue.of<unknown>() });

/** A value whose getter runs code once. */
function running(code: () => void): object {
  let left = 1;
  return {
    get at() {
      if (left-- > 0) code();
      return 1;
    },
  };
}

describe('A value with a getter that changes its own cell', () => {
  it('takes the place of what the getter has set, and leaves no size behind', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      const inner = { text: 'longer than the value around it' };
      cells.table.set(
        'a',
        running(() => cells.table.set('a', inner)),
      );
      cells.value.set(running(() => cells.value.set(inner)));
      expect([...cells.table.entries()]).toEqual([['a', { at: 1 }]]);
    });
    expect(state.capture()).toEqual([
      { key: 't/table/a', value: '0 {"at":1}' },
      { key: 'v/value', value: '{"at":1}' },
    ]);
    keeping(state, () => {
      cells.table.clear();
      cells.value.clear();
    });
    expect(state.bytes).toBe(0);
  });

  it('is there although the getter has removed its key', () => {
    const { state, cells } = stateOf(create);
    keeping(state, () => {
      cells.table.set('a', 1);
      cells.table.set(
        'a',
        running(() => cells.table.delete('a')),
      );
      expect([...cells.table.keys()]).toEqual(['a']);
      cells.table.clear();
    });
    expect([state.bytes, state.capture()]).toEqual([0, []]);
  });
});
