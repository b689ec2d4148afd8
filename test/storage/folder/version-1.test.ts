import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { recoverOutbox } from '../../../src/engine/recovery/recover-outbox.ts';
import { upgradeLayout } from '../../../src/engine/recovery/upgrade-layout.ts';
import { openStore } from '../../../src/engine/recovery/open-store.ts';
import { Envelope } from '../../../src/envelope/envelope.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { inlineThreads } from '../../../src/storage/threads/store-threads.ts';
import type { Store, StoreChange } from '../../../src/storage/store.ts';
import { envelope } from '../../engine/partition/pending.ts';
import { createTemporaryFolder, frameOf, openInline, removeFolder, storeId } from '../log-fixture.ts';

/** A segment as version 1 wrote it, by its layout. */
function segmentOfVersion1(number: number, frames: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(36);
  header.write('SFUNLOG\n');
  header.writeUInt32LE(1, 8);
  header.writeUInt32LE(number, 12);
  Buffer.from(storeId.replaceAll('-', ''), 'hex').copy(header, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32);
  return Buffer.concat([header, ...frames]);
}

/** Egress and message id of every record in the outbox, in order. */
async function outboxOf(store: Store): Promise<readonly string[]> {
  const outboxes = await recoverOutbox(store);
  return outboxes.flatMap(({ egressId, batches }) =>
    batches.flatMap(({ envelopes }) => envelopes.map(({ messageId }) => `${egressId}: ${messageId}`)),
  );
}

describe('a state folder of format version 1', () => {
  let folder: string;
  const commits: readonly (readonly StoreChange[])[] = [
    [{ collection: 'state/shop/cart/1', key: 'v/items', value: 'first' }],
    [
      { collection: 'state/shop/cart/1', key: 'v/items', value: 'second' },
      { collection: 'outbox/shop/status', key: '17', value: envelope('a record').encode() },
      { collection: 'outbox/shop/alerts', key: '18', value: envelope('another').encode() },
    ],
    [{ collection: 'outbox/shop/alerts', key: '18', value: undefined }],
  ];
  const write = (segments: readonly Buffer[]): void => {
    for (const [index, bytes] of segments.entries()) writeFileSync(join(folder, 'segments', `0000000${index + 1}.log`), bytes);
  };

  beforeEach(() => {
    folder = createTemporaryFolder();
    mkdirSync(join(folder, 'segments'));
    const identity = { formatVersion: 1, storeId, createdAt: '2026-01-01T00:00:00.000Z', keyGroups: 128 };
    const checksum = crc32(JSON.stringify(identity)).toString(16).padStart(8, '0');
    writeFileSync(join(folder, 'store.json'), JSON.stringify({ ...identity, checksum }));
    const [first, second, third] = commits.map((changes, index) => frameOf(index + 1, changes));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three commits');
    write([segmentOfVersion1(1, [first, second]), segmentOfVersion1(2, [third])]);
  });

  afterEach(() => removeFolder(folder));

  it('is upgraded when it is opened, with everything in it, and goes on', async () => {
    const store = await openInline(folder);
    expect(store.recovery).toMatchObject({ commits: 3, upgraded: { formatVersion: 1 } });
    expect(store.identity).toMatchObject({ formatVersion: 3, storeId });
    const { segments } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { segments: unknown };
    expect(segments).toMatchObject([
      { kind: 'log', number: 1, commitsBefore: 0 },
      { kind: 'log', number: 2, commitsBefore: 2 },
    ]);
    await upgradeLayout(store, store.recovery.upgraded?.collections ?? []);
    expect(await outboxOf(store)).toEqual(['shop/status: a record']);
    expect(await store.load('outbox/shop/status')).toEqual([]);
    store.finishUpgrade();
    await store.close();

    const again = await openInline(folder);
    expect(again.recovery).toMatchObject({ commits: 4 });
    expect(again.recovery).not.toHaveProperty('upgraded');
    expect((await again.load('state/shop/cart/1')).map(({ value }) => Buffer.from(value).toString())).toEqual(['second']);
    await again.close();
  });

  it('is still to be brought up to date after a crash between the new format and the new layout', async () => {
    const crashed = await openInline(folder);
    await crashed.close();

    const store = await openStore({ folder, threads: inlineThreads(), logger: silentLogger });
    expect(store.identity).toEqual({ formatVersion: 3, storeId, createdAt: '2026-01-01T00:00:00.000Z', keyGroups: 128 });
    expect(await outboxOf(store)).toEqual(['shop/status: a record']);
    await store.close();

    const again = await openInline(folder);
    expect(again.recovery).not.toHaveProperty('upgraded');
    await again.close();
  });

  it('may have a larger outbox than a commit takes', async () => {
    const store = new MemoryStore();
    const value = Envelope.ofTrustedPayload('x'.repeat(16 * 1024 * 1024), { messageId: 'large' }).encode();
    const keys = Array.from({ length: 17 }, (_, index) => `${index + 20}`);
    for (const key of keys) await store.commit([{ collection: 'outbox/shop/status', key, value }]);
    const commits: number[] = [];
    const commit = store.commit.bind(store);
    store.commit = (changes) => {
      commits.push(frameOf(1, changes).length);
      return commit(changes);
    };
    await upgradeLayout(store, ['outbox/shop/status']);
    expect(await outboxOf(store)).toEqual(keys.map(() => 'shop/status: large'));
    expect(store.load('outbox/shop/status')).toEqual([]);
    expect(Math.max(...commits)).toBeLessThan(2 * value.byteLength);
  });

  it('may end in a segment whose header a crash cut', async () => {
    write([readFileSync(join(folder, 'segments', '00000001.log')), Buffer.from('SFUNLOG')]);
    const store = await openInline(folder);
    expect(store.recovery).toMatchObject({ commits: 2 });
    await store.close();
  });

  it('is refused when a segment is missing', async () => {
    writeFileSync(join(folder, 'segments', '00000004.log'), readFileSync(join(folder, 'segments', '00000002.log')));
    await expect(openInline(folder)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      facts: { file: join(folder, 'segments', '00000003.log') },
    });
  });
});
