import { describe, expect, it } from '@jest/globals';
import { EgressOutbox, type OutboxRecords, type StoredEgressOutbox } from '../../../../src/engine/partition/outbox/egress-outbox.ts';
import { recoverOutbox } from '../../../../src/engine/recovery/recover-outbox.ts';
import { Envelope } from '../../../../src/envelope/envelope.ts';
import { MemoryStore } from '../../../../src/storage/memory-store.ts';
import type { StoreChange } from '../../../../src/storage/store.ts';
import { valueBytesMax } from '../../../../src/storage/store-limits.ts';
import { envelope } from '../pending.ts';

const egressId = 'test/out';

/** The outbox of an egress on a store, and the same after a restart. */
class OutboxBed {
  readonly store = new MemoryStore();
  outbox = new EgressOutbox(egressId);

  add(...envelopes: readonly Envelope[]): void {
    for (const each of envelopes) this.outbox.add(each, undefined);
  }

  /** Commits, and returns the keys that are written (+) and removed (-). */
  async commit(): Promise<readonly string[]> {
    const changes: StoreChange[] = [];
    this.outbox.capture(changes);
    await this.store.commit(changes);
    return changes.map(({ collection, key, value }) => `${value === undefined ? '-' : '+'}${collection} ${key}`);
  }

  async stored(): Promise<StoredEgressOutbox | undefined> {
    return (await recoverOutbox(this.store))[0];
  }

  /** Starts again. Returns the ids of the records that leave again. */
  async restart(): Promise<readonly string[]> {
    this.outbox = new EgressOutbox(egressId);
    const stored = await this.stored();
    return stored === undefined ? [] : idsOf(this.outbox.restore(stored));
  }
}

function idsOf({ envelopes }: OutboxRecords): readonly string[] {
  return envelopes.map(({ messageId = '' }) => messageId);
}

describe('EgressOutbox', () => {
  it('writes the records of a commit as one batch, and a watermark in place of tombstones', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'), envelope('b'), envelope('c'));
    expect(await bed.commit()).toEqual(['+outbox-batches test/out/0']);
    bed.outbox.acknowledged(3);
    expect(await bed.commit()).toEqual(['+outbox-watermarks test/out']);
    expect(await bed.stored()).toMatchObject({ watermark: 3, batches: [{ slot: 0, first: 1 }] });
    expect(await bed.restart()).toEqual([]);
  });

  it('writes nothing when nothing has happened', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'));
    bed.outbox.acknowledged(0);
    await bed.commit();
    expect(await bed.commit()).toEqual([]);
  });

  it('sends again what is above the watermark of a batch of which a part was acknowledged', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'), envelope('b'), envelope('c'));
    await bed.commit();
    bed.add(envelope('d'));
    bed.outbox.acknowledged(2);
    await bed.commit();
    expect(await bed.restart()).toEqual(['c', 'd']);
  });

  it('sends again what was acknowledged when no commit holds the watermark', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'), envelope('b'));
    await bed.commit();
    bed.outbox.acknowledged(2);
    expect(await bed.restart()).toEqual(['a', 'b']);
  });

  it('never goes back with its numbers, so that a later recovery drops no new record (PARTITION-O1)', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'), envelope('b'));
    await bed.commit();
    bed.outbox.acknowledged(2);
    await bed.commit();
    await bed.restart();
    bed.add(envelope('c'));
    await bed.commit();
    expect(await bed.stored()).toMatchObject({ watermark: 2, batches: [{ first: 3, slot: 0 }] });
    expect(await bed.restart()).toEqual(['c']);
  });

  it('writes a slot again only when its batch is acknowledged (PARTITION-O3)', async () => {
    const bed = new OutboxBed();
    bed.add(envelope('a'), envelope('b'));
    await bed.commit();
    bed.outbox.acknowledged(1);
    bed.add(envelope('c'));
    expect(await bed.commit()).toEqual(['+outbox-batches test/out/1', '+outbox-watermarks test/out']);
    bed.outbox.acknowledged(1);
    bed.add(envelope('d'));
    expect(await bed.commit()).toEqual(['+outbox-batches test/out/0', '+outbox-watermarks test/out']);
    expect(await bed.restart()).toEqual(['c', 'd']);
  });

  it('keeps few acknowledged batches, and removes the others with the watermark, after a restart too', async () => {
    const bed = new OutboxBed();
    for (let batch = 0; batch < 11; batch += 1) {
      bed.add(envelope(String(batch)));
      await bed.commit();
    }
    bed.outbox.acknowledged(10);
    expect(await bed.commit()).toEqual(['+outbox-watermarks test/out', '-outbox-batches test/out/8', '-outbox-batches test/out/9']);
    expect(await bed.restart()).toEqual(['10']);
    bed.outbox.acknowledged(1);
    expect(await bed.commit()).toEqual(['+outbox-watermarks test/out', '-outbox-batches test/out/10']);
    expect((await bed.stored())?.batches).toHaveLength(8);
  });

  it('removes a large batch, instead of keeping it until its slot is written again', async () => {
    const bed = new OutboxBed();
    bed.add(payloadOf(1_100_000));
    await bed.commit();
    bed.outbox.acknowledged(1);
    bed.add(envelope('b'));
    expect(await bed.commit()).toEqual(['+outbox-batches test/out/1', '+outbox-watermarks test/out', '-outbox-batches test/out/0']);
    expect(await bed.restart()).toEqual(['b']);
  });

  it('splits what is larger than a value of the store takes, and keeps the order', async () => {
    const bed = new OutboxBed();
    const mebibytes = [7, 8, 2, 16, 1, 9, 6];
    bed.add(...mebibytes.map((size, index) => payloadOf(size * 1024 * 1024, String(index))));
    expect(await bed.commit()).toHaveLength(5);
    const stored = await bed.stored();
    expect(stored?.batches.map(({ first, envelopes }) => [first, envelopes.length])).toEqual([
      [1, 2],
      [3, 1],
      [4, 1],
      [5, 2],
      [7, 1],
    ]);
    for (const { bytes } of stored?.batches ?? []) expect(bytes).toBeLessThan(valueBytesMax);
    expect(await bed.restart()).toEqual(mebibytes.map((_, index) => String(index)));
  });

  it.each([
    ['is missing before all others', { watermark: 1, batches: [{ slot: 0, first: 3, envelopes: [envelope('c')], bytes: 1 }] }],
    [
      'is missing between two batches',
      {
        watermark: 1,
        batches: [
          { slot: 0, first: 1, envelopes: [envelope('a'), envelope('b')], bytes: 1 },
          { slot: 1, first: 4, envelopes: [envelope('d')], bytes: 1 },
        ],
      },
    ],
    [
      'is there twice',
      {
        watermark: 0,
        batches: [
          { slot: 0, first: 1, envelopes: [envelope('a')], bytes: 1 },
          { slot: 1, first: 1, envelopes: [envelope('a'), envelope('b')], bytes: 1 },
        ],
      },
    ],
  ])('refuses an outbox in which a record %s', (_, stored) => {
    expect(() => new EgressOutbox(egressId).restore({ egressId, ...stored })).toThrow('no record of an outbox is missing');
  });
});

function payloadOf(bytes: number, messageId = 'large'): Envelope {
  return Envelope.ofTrustedPayload('x'.repeat(bytes), { messageId });
}
