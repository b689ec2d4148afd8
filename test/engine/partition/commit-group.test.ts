import { describe, expect, it } from '@jest/globals';
import { CommitGroup, type Capture } from '../../../src/engine/partition/commit-group.ts';
import { AddressState } from '../../../src/state/address-state.ts';
import { cellsOf } from '../../../src/state/cell-definition.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { envelope, pending } from './pending.ts';

/** Changes the state of an address in one attempt. */
function changeState({ state: changes }: CommitGroup): void {
  const cells = { count: PersistedValue.of<number>() };
  const state = new AddressState(cellsOf(cells, ['count'], 'class Example'), [], { collection: 'state/test/f/a', changes });
  state.bind(cells);
  state.begin();
  cells.count.set(1);
  state.keep();
}

/** `+` for what a capture writes, `-` for what it removes. */
function keysOf({ changes }: Capture): readonly string[] {
  return changes.map(({ collection, key, value }) => `${value === undefined ? '-' : '+'}${collection}/${key}`);
}

const record = envelope('out');

describe('CommitGroup', () => {
  it('commits state, messages, egress and the removal of the message together, and once (PARTITION-G1)', () => {
    const group = new CommitGroup();
    const handled = pending('a', 1);
    handled.stored = true;
    changeState(group);
    group.handled(handled);
    const sent = pending('b', 2);
    group.arrived(sent);
    group.egress('test/out', record, undefined);
    group.position('carts', 'shard-1', '7');

    const capture = group.capture([sent]);
    expect(keysOf(capture)).toEqual([
      '-messages/1',
      '+state/test/f/a/v/count',
      '+messages/2',
      '+outbox-batches/test/out/0',
      '+positions/carts/shard-1',
    ]);
    expect(capture.outbox).toEqual([
      { egressId: 'test/out', envelopes: [record], receivedAtMs: [undefined], leftBefore: undefined, bytes: record.payloadBytes },
    ]);
    expect([group.empty, group.bytes, group.invocations, keysOf(group.capture())]).toEqual([true, 0, 0, []]);
  });

  it('never writes a message that is sent and handled between two cuts (PARTITION-G2)', () => {
    const group = new CommitGroup();
    const message = pending('a', 1);
    group.arrived(message);
    group.handled(message);
    message.handled = true;

    expect([group.empty, group.bytes]).toEqual([true, 0]);
    expect(keysOf(group.capture())).toEqual([]);
  });

  it('stores every message that is pending at the cut, with its failed attempts, and removes it when it is handled later (PARTITION-G3)', () => {
    const group = new CommitGroup();
    const message = pending('a', 1);
    group.arrived(message);
    expect(group.empty).toBe(false);
    expect(keysOf(group.capture([message]))).toEqual(['+messages/1']);
    expect(group.empty).toBe(true);

    message.attempts = 1;
    group.retried(message);
    expect(keysOf(group.capture())).toEqual(['+messages/1']);

    message.handled = true;
    group.handled(message);
    expect(keysOf(group.capture())).toEqual(['-messages/1']);
  });

  it('leaves a capture alone when more is gathered after it', () => {
    const group = new CommitGroup();
    const message = pending('a', 1);
    group.arrived(message);
    group.egress('test/out', record, undefined);
    const capture = group.capture([message]);

    group.egress('test/out', record, undefined);
    group.acknowledged('test/out', 1);
    expect([keysOf(capture), capture.outbox]).toMatchObject([['+messages/1', '+outbox-batches/test/out/0'], [{ envelopes: [record] }]]);
  });

  it('keeps only the last position of a shard', () => {
    const group = new CommitGroup();
    group.position('carts', 'shard-1', '7');
    group.position('carts', 'shard-1', '8');

    expect(group.capture().changes).toEqual([{ collection: 'positions/carts', key: 'shard-1', value: '8' }]);
  });
});
