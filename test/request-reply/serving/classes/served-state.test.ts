import { describe, expect, it } from '@jest/globals';
import { writeCell } from '../../../../src/request-reply/serving/classes/cell-values.ts';
import { ServedState } from '../../../../src/request-reply/serving/classes/served-state.ts';
import { listEntryKey } from '../../../../src/state/entry-key.ts';
import { jsonType } from '../../../../src/state/state-type.ts';

describe('ServedState', () => {
  it('takes a list of more items than a call can have arguments', () => {
    const cell = { name: 'visits', kind: 'list', type: jsonType() } as const;
    const entries = new Map(Array.from({ length: 150_000 }, (_, index) => [listEntryKey('visits', index), '1']));
    const value = writeCell(cell, entries) ?? new Uint8Array(0);
    const state = new ServedState([cell], [{ name: 'visits', value: { typename: 'statefun.types/list', hasValue: true, value } }]);
    expect(state.address.snapshot()['visits']).toHaveLength(150_000);
  });
});
