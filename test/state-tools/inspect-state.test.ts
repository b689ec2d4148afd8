import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { inspectState, type StateInspection } from '../../src/state-tools/inspect-state.ts';
import { openSnapshot } from '../../src/state-tools/open-snapshot.ts';
import { showDeadLetter } from '../../src/state-tools/stored-dead-letters.ts';
import { encodeDeadLetter, encodeMessage } from '../../src/engine/partition/stored-entries.ts';
import { Envelope } from '../../src/envelope/envelope.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { OutboxBatch } from '../../src/engine/partition/outbox/outbox-batch.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

const envelope = Envelope.ofPayload('{"specversion":"1.0","id":"1","source":"/t","type":"t"}', { messageId: 'm' });
const delayed = (key: string, dueAt: number): StoreChange => {
  const message = { target: { type: 'a/b', id: 'c' }, caller: undefined, envelope };
  return { collection: 'delayed', key, value: encodeMessage(message, { dueAt }) };
};
const letter = (id: string, code: string, at: number): StoreChange => ({
  collection: 'dead-letters',
  key: id,
  value: encodeDeadLetter({ id, kind: 'message', code, reason: 'r', at, attempts: 1, target: 'a/b/c', payload: envelope.encode() }),
});

let folder: string;
beforeEach(() => void (folder = createTemporaryFolder()));
afterEach(() => removeFolder(folder));

async function inspected(...changes: readonly StoreChange[]): Promise<{ readonly state: StateInspection; readonly at: string }> {
  const store = await openInline(folder);
  await store.commit(changes);
  await store.close();
  const snapshot = await openSnapshot({ folder });
  try {
    return { state: inspectState(snapshot), at: showDeadLetter(snapshot, '1').at };
  } finally {
    snapshot.close();
  }
}

it.each([8_640_000_000_000_000, 8_640_000_000_000_001, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])(
  'shows what is due after %d milliseconds, later than any date, as due at the last one',
  async (dueAt) => {
    const { state, at } = await inspected(delayed('1', dueAt), letter('1', 'Error', dueAt));
    expect(state.delayedMessages).toMatchObject({ count: 1, nextDueAt: '+275760-09-13T00:00:00.000Z' });
    expect(at).toBe('+275760-09-13T00:00:00.000Z');
  },
);

it('shows the earliest time of several', async () => {
  const { state } = await inspected(delayed('1', Number.MAX_SAFE_INTEGER), delayed('2', 0), letter('1', 'Error', 0));
  expect(state.delayedMessages).toMatchObject({ count: 2, nextDueAt: '1970-01-01T00:00:00.000Z' });
});

it('counts what handlers throw by name, whatever the name', async () => {
  const { state } = await inspected(letter('1', '__proto__', 0), letter('2', '__proto__', 0), letter('3', 'constructor', 0));
  expect(Object.entries(state.deadLetters.byCode)).toEqual([
    ['__proto__', 2],
    ['constructor', 1],
  ]);
});

it('counts the egress records above the watermark of their egress, and those of earlier versions', async () => {
  const batch = (key: string, first: number, records: number): StoreChange => {
    const envelopes = Array.from({ length: records }, () => envelope);
    return { collection: 'outbox-batches', key, value: new OutboxBatch(first, envelopes, records * envelope.encodedBytesMax) };
  };
  const { state } = await inspected(
    batch('a/out/0', 1, 4),
    batch('a/out/1', 5, 3),
    batch('a/out/2', 8, 2),
    { collection: 'outbox-watermarks', key: 'a/out', value: '5' },
    batch('a/new/0', 1, 1),
    batch('a/done/0', 6, 2),
    { collection: 'outbox-watermarks', key: 'a/done', value: '7' },
    { collection: 'outbox', key: 'a/old/3', value: envelope },
    { collection: 'outbox/a/older', key: '4', value: envelope },
    letter('1', 'Error', 0),
  );
  expect(state.outbox).toMatchObject({ count: 7, byEgress: { 'a/out': 4, 'a/new': 1, 'a/old': 1, 'a/older': 1 } });
});
