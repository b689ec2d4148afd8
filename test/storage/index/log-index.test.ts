import { describe, expect, it } from '@jest/globals';
import { writeIndexDump, readIndexDump } from '../../../src/storage/index/index-dump.ts';
import { placeOf } from '../../../src/storage/index/index-slots.ts';
import { SegmentTable } from '../../../src/storage/index/segment-table.ts';
import { LogIndex, type KeyHash } from '../../../src/storage/index/log-index.ts';
import { seededRandom } from '../../../src/shared/seeded-random.ts';
import { MemoryDisk } from '../memory-disk.ts';

/** Keys by name, with hashes that a random function gave them. */
class Keys {
  readonly index = new LogIndex();
  readonly model = new Map<string, { hash: KeyHash; slot: number; offset: number }>();
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  #word(): number {
    return Math.floor(this.#random() * 2 ** 32);
  }

  set(name: string, collection: number, offset: number): void {
    const known = this.model.get(name);
    if (known === undefined) {
      const hash = { collection, first: this.#word(), second: this.#word() };
      this.model.set(name, { hash, slot: this.index.add(hash, offset, placeOf(1, 1)), offset });
    } else {
      this.index.move(known.slot, offset, placeOf(1, 1));
      this.model.set(name, { ...known, offset });
    }
  }

  remove(name: string): void {
    const known = this.model.get(name);
    if (known === undefined) return;
    this.index.remove(known.slot);
    this.model.delete(name);
  }

  /** A random step on one of so many names in so many collections. */
  step(names: number, collections: number, number: number): void {
    const id = Math.floor(this.#random() * names);
    if (this.#random() < 0.4) this.remove(`${id}`);
    else this.set(`${id}`, Math.imul(id % collections, 0x9e37_79b1) >>> 0, number);
  }
}

function expectEqual(index: LogIndex, { model }: Keys): void {
  expect(index.keys).toBe(model.size);
  const chains = new Map<number, number[]>();
  for (const { hash, slot, offset } of model.values()) {
    if (index.find(hash) !== slot || index.placeOf(slot).offset !== offset) throw new Error('a key is lost');
    chains.set(hash.collection, [...(chains.get(hash.collection) ?? []), offset]);
  }
  for (const [collection, offsets] of chains) {
    const found = index.placesOf(collection).map(({ offset }) => offset);
    expect(found.sort((a, b) => a - b)).toEqual(offsets.sort((a, b) => a - b));
  }
  expect(index.find({ collection: 1, first: 2, second: 3 })).toBe(0);
}

describe('the index', () => {
  it('equals a map, through splits of its tables and freed slots', () => {
    const keys = new Keys(1);
    for (let number = 0; number < 60_000; number += 1) keys.step(40_000, 25_000, number);
    expect(keys.index.keyTable.depth).toBeGreaterThan(0);
    expectEqual(keys.index, keys);
    for (const name of [...keys.model.keys()]) keys.remove(name);
    expectEqual(keys.index, keys);
    expect(keys.index.placesOf(0)).toEqual([]);
  });

  it('keeps collections with many keys in chains (STORE-I2)', () => {
    const keys = new Keys(2);
    for (let number = 0; number < 20_000; number += 1) keys.step(6_000, 3, number);
    expectEqual(keys.index, keys);
  });

  it('uses freed slots again', () => {
    const keys = new Keys(3);
    for (let round = 0; round < 20; round += 1) {
      for (let id = 0; id < 2_000; id += 1) keys.set(`${round}/${id}`, id, id);
      for (let id = 0; id < 2_000; id += 1) keys.remove(`${round}/${id}`);
    }
    expect(keys.index.bytes).toBeLessThan(400_000);
  });

  it('costs at most 48 bytes a key once it is large', () => {
    const keys = new Keys(4);
    for (let id = 0; id < 200_000; id += 1) keys.set(`${id}`, Math.imul(id, 0x9e37_79b1) >>> 0, id);
    expect(keys.index.bytes / 200_000).toBeLessThan(48);
  });

  describe('written down', () => {
    const state = { storeId: 'a', generation: 3, segment: 7, offset: 99 };
    const write = (): { disk: MemoryDisk; keys: Keys } => {
      const keys = new Keys(5);
      for (let number = 0; number < 30_000; number += 1) keys.step(20_000, 9_000, number);
      const segments = new SegmentTable();
      segments.add({ kind: 'log', number: 3, commitsBefore: 0, bytes: 50 }, 50);
      segments.add({ kind: 'log', number: 7, commitsBefore: 10 }, 99).liveUnits = 12;
      const disk = new MemoryDisk();
      writeIndexDump(disk, '/state', { ...state, commits: 17 }, keys.index, segments);
      return { disk, keys };
    };

    it('is the same when it is read', () => {
      const { disk, keys } = write();
      const index = new LogIndex();
      const segments = new SegmentTable();
      expect(readIndexDump(disk, '/state', state, index, segments)).toMatchObject({ commits: 17 });
      expectEqual(index, keys);
      expect(segments.numbered(7)).toMatchObject({ ordinal: 1, bytes: 99, liveUnits: 12 });
      // And it goes on from there.
      const hash = { collection: 5, first: 6, second: 7 };
      const slot = index.add(hash, 1, placeOf(0, 1));
      expect(index.find(hash)).toBe(slot);
      expect(segments.add({ kind: 'log', number: 8, commitsBefore: 17 }, 36).ordinal).toBe(2);
    });

    it.each([
      ['another store', { ...state, storeId: 'b' }],
      ['another manifest', { ...state, generation: 4 }],
      ['a longer log', { ...state, offset: 100 }],
      ['another last segment', { ...state, segment: 8 }],
    ])('is ignored by %s', (_what, other) => {
      const { disk } = write();
      const index = new LogIndex();
      expect(readIndexDump(disk, '/state', other, index, new SegmentTable())).toBeUndefined();
      expect(index.keys).toBe(0);
    });

    it('is ignored when it is cut or changed anywhere, and when it is missing', () => {
      const { disk } = write();
      const whole = disk.bytesOf('/state/index.dump');
      const random = seededRandom(6);
      const damaged = Array.from({ length: 40 }, () => {
        const bytes = Buffer.from(whole);
        const at = Math.floor(random() * bytes.length);
        bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
        return bytes;
      });
      const cut = [0, 1, 23, 24, 25, whole.length >> 1, whole.length - 1].map((length) => whole.subarray(0, length));
      for (const bytes of [...damaged, ...cut]) {
        disk.files.set('/state/index.dump', bytes);
        const index = new LogIndex();
        expect(readIndexDump(disk, '/state', state, index, new SegmentTable())).toBeUndefined();
        expect(index.keys).toBe(0);
      }
      disk.files.delete('/state/index.dump');
      expect(readIndexDump(disk, '/state', state, new LogIndex(), new SegmentTable())).toBeUndefined();
    });
  });
});
