import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyState } from '../../src/state-tools/verify-state.ts';
import type { StoreChange } from '../../src/storage/store.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../storage/log-fixture.ts';

const envelopeOf = (payload: string): Buffer => Buffer.concat([Buffer.from([0x0a, payload.length]), Buffer.from(payload)]);
const withHeader = (header: object, body: Buffer): Buffer => {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, body]);
};
const batchOf = (first: number, ...envelopes: readonly Buffer[]): Buffer => {
  const parts = envelopes.map((bytes) => [u32(bytes.length), bytes]);
  return Buffer.concat([u32(first), u32(0), u32(envelopes.length), ...parts.flat()]);
};
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const event = envelopeOf('{"specversion":"1.0","id":"1","source":"/t","type":"t"}');
const letter = { id: '7', kind: 'message', code: 'Error', reason: '', at: 0, attempts: 1, target: 'a/b/c' };

describe('verifyState', () => {
  let folder: string;
  beforeEach(() => void (folder = createTemporaryFolder()));
  afterEach(() => removeFolder(folder));

  const problemsOf = async (...changes: readonly StoreChange[]): Promise<readonly string[]> => {
    const store = await openInline(folder);
    await store.commit(changes);
    await store.close();
    const { ok, problems } = await verifyState({ folder });
    expect(ok).toBe(problems.length === 0);
    return problems.map(({ where, what }) => `${where}: ${what}`);
  };

  it('finds nothing wrong with what the engine writes', async () => {
    const changes = [
      { collection: 'state/a/b/c', key: 'v/name', value: '1' },
      { collection: 'state/a/b/c', key: 't/table/x', value: '0 1' },
      { collection: 'state/a/b/c', key: 'l/list/0', value: '1' },
      { collection: 'messages', key: '1', value: withHeader({ target: 'a/b/c' }, event) },
      { collection: 'delayed', key: '2', value: withHeader({ target: 'a/b/c', dueAt: 1 }, event) },
      { collection: 'outbox', key: 'a/out/3', value: event },
      { collection: 'outbox-batches', key: 'a/out/0', value: batchOf(5, event) },
      { collection: 'outbox-batches', key: 'a/out/1', value: batchOf(2, event, event, event) },
      { collection: 'outbox-batches', key: 'a/out/4', value: batchOf(1, event) },
      { collection: 'outbox-watermarks', key: 'a/out', value: '3' },
      { collection: 'dead-letters', key: '7', value: withHeader(letter, event) },
      { collection: 'positions/in', key: 'p', value: '12' },
      { collection: 'requests', key: 'redrive/7', value: '' },
      { collection: 'remote-states', key: 'a/remote', value: '[{"name":"seen","typename":"io.statefun.types/int"}]' },
      { collection: 'state/a/remote/c', key: 'r/seen', value: '0 x' },
    ];
    expect(await problemsOf(...changes)).toEqual([]);
    expect(await verifyState({ folder })).toMatchObject({ keys: 15, entries: 15, frames: 1, commit: 1 });
  });

  it.each<[string, StoreChange, string]>([
    ['a remote state without a stamp', { collection: 'state/a/b/c', key: 'r/seen', value: 'x' }, 'does not begin with its stamp'],
    ['states of no type', { collection: 'remote-states', key: 'a/b', value: '[{"name":"seen"}]' }, 'a state has no name or no type'],
    ['state of no address', { collection: 'state/a/c', key: 'v/name', value: '1' }, 'this is not the state of an address'],
    ['a key of no cell', { collection: 'state/a/b/c', key: 'x/name', value: '1' }, 'the key is not that of a value'],
    ['a table entry without a stamp', { collection: 'state/a/b/c', key: 't/table/x', value: 'x' }, 'does not begin with its stamp'],
    [
      'a list with a gap',
      { collection: 'state/a/b/c', key: 'l/list/1', value: '1' },
      'list "list" has 1 items, but the last one is at position 1',
    ],
    ['a message to nowhere', { collection: 'messages', key: '1', value: withHeader({ target: 'nowhere' }, event) }, 'is not an address'],
    [
      'a message without a sequence',
      { collection: 'messages', key: 'x', value: withHeader({ target: 'a/b/c' }, event) },
      'not a sequence number',
    ],
    ['a message that is cut', { collection: 'messages', key: '1', value: Buffer.from([9, 9]) }, 'messages, key "1"'],
    ['a message with no event', { collection: 'messages', key: '1', value: withHeader({ target: 'a/b/c' }, envelopeOf('{')) }, 'JSON'],
    [
      'a delayed message that is never due',
      { collection: 'delayed', key: '1', value: withHeader({ target: 'a/b/c' }, event) },
      'no time at which it is due',
    ],
    ['an egress record to nowhere', { collection: 'outbox', key: 'out/1', value: event }, 'does not name an egress'],
    [
      'a batch of no egress',
      { collection: 'outbox-batches', key: 'out/0', value: batchOf(1, event) },
      'does not name an egress and a slot',
    ],
    [
      'a batch in no slot',
      { collection: 'outbox-batches', key: 'a/out/x', value: batchOf(1, event) },
      'does not name an egress and a slot',
    ],
    [
      'a batch that is cut',
      { collection: 'outbox-batches', key: 'a/out/0', value: batchOf(1, event).subarray(0, -1) },
      'outbox-batches, key "a/out/0"',
    ],
    [
      'a batch with no event',
      { collection: 'outbox-batches', key: 'a/out/0', value: batchOf(1, envelopeOf('{}')) },
      'an event has no type',
    ],
    ['a batch behind a gap', { collection: 'outbox-batches', key: 'a/out/0', value: batchOf(2, event) }, 'an egress record is missing'],
    ['a watermark of no egress', { collection: 'outbox-watermarks', key: 'out', value: '1' }, 'does not name an egress'],
    ['a watermark that is no number', { collection: 'outbox-watermarks', key: 'a/out', value: 'x' }, 'not the number of a record'],
    [
      'a dead letter under another id',
      { collection: 'dead-letters', key: '8', value: withHeader(letter, event) },
      'it is dead letter 7 under another key',
    ],
    ['a request of a later version', { collection: 'requests', key: 'rewind/1', value: '' }, 'does not know the request'],
    ['a collection of a later version', { collection: 'future', key: '1', value: '' }, 'does not know the collection'],
  ])('finds %s', async (_, change, what) => {
    expect(await problemsOf(change)).toEqual([expect.stringContaining(what)]);
  });

  it('says that there is no state instead of finding fault with it', async () => {
    await expect(verifyState({ folder })).rejects.toMatchObject({ code: 'STATE_FOLDER_ABSENT' });
  });
});
