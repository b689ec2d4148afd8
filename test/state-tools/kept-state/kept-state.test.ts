import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspectState } from '../../../src/state-tools/inspect-state.ts';
import { openSnapshot, type StoreSnapshot } from '../../../src/state-tools/open-snapshot.ts';
import { readAddress } from '../../../src/state-tools/stored-addresses.ts';
import { listDeadLetters } from '../../../src/state-tools/stored-dead-letters.ts';
import { listMessages } from '../../../src/state-tools/stored-messages.ts';
import { verifyState } from '../../../src/state-tools/verify-state.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { openStore } from '../../../src/engine/recovery/open-store.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { inlineThreads } from '../../../src/storage/threads/store-threads.ts';
import { EngineBed } from '../../engine/engine-bed.ts';
import { createTemporaryFolder, removeFolder } from '../../storage/log-fixture.ts';
import { Broken, Parcel } from './parcel.ts';

const hourMs = 3_600_000;

/** Folders that earlier builds have written: see write.ts. They are killed, not stopped, so there is no index.dump. */
describe.each([
  [2, { commit: 11, entries: 33, keys: 28 }],
  [3, { commit: 11, entries: 34, keys: 29 }],
])('a kept state folder of format %i', (formatVersion, counts) => {
  let folder: string;

  beforeEach(() => {
    folder = createTemporaryFolder();
    cpSync(new URL(`../../resources/state-folders/format-${formatVersion}`, import.meta.url), folder, { recursive: true });
  });
  afterEach(() => removeFolder(folder));

  const read = async <T>(reading: (snapshot: StoreSnapshot) => T): Promise<T> => {
    const snapshot = await openSnapshot({ folder });
    try {
      return reading(snapshot);
    } finally {
      snapshot.close();
    }
  };

  it('verifies', async () => {
    expect(await verifyState({ folder })).toMatchObject({ ok: true, problems: [], unfinishedBytes: 0, ...counts });
  });

  it('holds cells, outbox and positions', async () => {
    const { segments, ...state } = await read(inspectState);
    expect(segments.map(({ number, kind }) => `${kind} ${number}`)).toEqual(['kept 3', 'log 2']);
    expect(state).toMatchObject({
      formatVersion,
      addresses: [{ type: 'kept/parcel', addresses: 2 }],
      outbox: { count: 6, byEgress: { 'test/out': 4, 'test/labels': 2 } },
      positions: [{ ingress: 'memory', partition: 'memory', position: '10' }],
    });
    const address = await read((snapshot) => readAddress(snapshot, { type: 'kept/parcel', id: 'one' }));
    expect(address.cells).toEqual([
      { name: 'count', kind: 'value', value: 4 },
      {
        name: 'items',
        kind: 'table',
        entries: [
          { key: 'b', value: { n: 1 } },
          { key: 'a', value: { n: 2 } },
          { key: 'd', value: { n: 4 } },
        ],
      },
      { name: 'label', kind: 'value', value: { $text: 'a parcel' } },
      { name: 'large', kind: 'value', value: { $text: '9007199254740993' } },
      { name: 'notes', kind: 'list', items: ['packed b', 'packed a', 'packed c', 'packed d'] },
      { name: 'seal', kind: 'value', value: { $base64: '/wAB' } },
    ]);
  });

  it('holds a message that waits for its second attempt, one behind it, and a delayed one', async () => {
    const two = { target: 'kept/parcel/two' };
    expect(await read((snapshot) => listMessages(snapshot))).toMatchObject([
      { kind: 'waiting', ...two, eventType: 'jam', attempts: 1, failure: { code: 'RangeError' }, dueAt: '2026-01-01T02:00:00.000Z' },
      { kind: 'pending', ...two, eventType: 'pack', attempts: 0 },
      { kind: 'delayed', target: 'kept/parcel/one', eventType: 'pack', dueAt: '2026-01-01T01:00:00.000Z', cancellationToken: 'reminder' },
    ]);
  });

  it('holds a dead letter', async () => {
    expect(await read((snapshot) => listDeadLetters(snapshot))).toMatchObject([
      { id: '1', kind: 'message', code: 'RangeError', reason: 'the parcel is broken', where: 'kept/broken/three', attempts: 1 },
    ]);
  });

  it('runs: its egress leaves, and its messages are handled when they are due', async () => {
    const store = await openStore({ folder, threads: inlineThreads(), logger: silentLogger });
    expect(store.recovery).toMatchObject({ commits: counts.commit, keys: counts.keys, tornBytes: 0 });
    expect(store.identity.formatVersion).toBe(3);
    const labels = memoryEgress('test/labels');
    const bed = await EngineBed.start([Parcel, Broken], { store, moreEgress: [labels] });
    await bed.engine.whenQuiet();
    expect([...bed.out.records, ...labels.records].every(({ resent }) => resent)).toBe(true);
    expect(bed.egressData).toEqual(['a', 'c', 'd', '10'].map((item) => ({ item })));
    expect(labels.events.map(({ data }) => data)).toEqual([{ count: 2 }, { count: 4 }]);
    const one = { label: 'a parcel', large: 9_007_199_254_740_993n, seal: Uint8Array.of(0xff, 0, 1) };
    const notes = ['packed b', 'packed a', 'packed c', 'packed d'];
    expect(await bed.state('kept/parcel/one')).toEqual({ count: 4, items: { b: { n: 1 }, a: { n: 2 }, d: { n: 4 } }, notes, ...one });
    await bed.advance(2 * hourMs);
    expect(bed.egressData.slice(4)).toEqual([{ item: 'late' }, { item: '11' }]);
    expect(await bed.state('kept/parcel/one')).toMatchObject({ count: 5, items: { late: { n: 5 } }, notes: [...notes, 'packed late'] });
    expect(await bed.state('kept/parcel/two')).toMatchObject({ count: 2, items: { 10: { n: 1 }, 11: { n: 2 } } });
    expect(bed.engine.deadLetters().map(({ reason }) => reason)).toEqual(['the parcel is broken', 'the parcel is jammed']);
    await bed.engine.stop();
  });
});
