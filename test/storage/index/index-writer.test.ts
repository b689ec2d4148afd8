import { describe, expect, it } from '@jest/globals';
import { below, seededRandom } from '../../../src/shared/seeded-random.ts';
import { FrameEncoder } from '../../../src/storage/format/frame-encoder.ts';
import { NameHash } from '../../../src/storage/format/name-hash.ts';
import { storeIdBytes } from '../../../src/storage/format/segment-format.ts';
import { FrameSeal } from '../../../src/storage/format/unsealed-frame.ts';
import { IndexWriter } from '../../../src/storage/index/index-writer.ts';
import { LogIndex } from '../../../src/storage/index/log-index.ts';
import { SegmentTable, type TrackedSegment } from '../../../src/storage/index/segment-table.ts';
import type { StoreChange, StoredEntry } from '../../../src/storage/store.ts';
import { storeId } from '../log-fixture.ts';

/** An index, fed with frames that lie in segments, and the number of times that it was searched by name. */
class WriterBed {
  readonly index = new LogIndex();
  readonly segments = new SegmentTable();
  searches = 0;
  readonly #writer = new IndexWriter(this.index, this.segments, new NameHash(storeIdBytes(storeId)));
  readonly #encoder = new FrameEncoder();
  readonly #seal = new FrameSeal(storeId);
  readonly #listed: TrackedSegment[] = [];
  #commits = 0;
  #offset = 36;

  constructor() {
    const find = this.index.find.bind(this.index);
    this.index.find = (hash) => {
      this.searches += 1;
      return find(hash);
    };
    this.beginSegment();
  }

  beginSegment(): void {
    this.#listed.push(this.segments.add({ kind: 'log', number: this.#listed.length + 1, commitsBefore: this.#commits }, 36));
    this.#offset = 36;
  }

  commit(changes: readonly StoreChange[]): void {
    const segment = this.#listed.at(-1);
    if (segment === undefined) throw new Error('there is a segment');
    const frame = this.#encoder.encode((this.#commits += 1), changes);
    this.#seal.seal(frame);
    this.#writer.apply(frame, changes, segment, this.#offset);
    this.#encoder.take();
    this.#offset += frame.byteLength;
  }

  /** Everything that the index knows, and what the segments count. */
  get state(): unknown {
    const places = [...this.index.slots.all()].map((slot) => ({ slot, ...this.index.placeOf(slot) }));
    return { places, counts: this.#listed.map(({ units, liveUnits, tombstoneUnits }) => ({ units, liveUnits, tombstoneUnits })) };
  }
}

describe('the index after a commit', () => {
  it.each([1, 2, 3, 4])('is the same whether or not callers keep entries, and whichever (seed %i, STORE-I3)', (seed) => {
    const random = seededRandom(seed);
    const kept = new WriterBed();
    const plain = new WriterBed();
    const entries = new Map<string, StoredEntry[]>();
    const next = (): StoreChange => {
      const id = below(random, 400);
      const value = below(random, 3) === 0 ? undefined : 'v'.repeat(below(random, 300));
      return { collection: `c${id % 30}`, key: `${id}`, value };
    };
    for (let commit = 0; commit < 300; commit += 1) {
      if (below(random, 20) === 0) for (const bed of [kept, plain]) bed.beginSegment();
      const changes = Array.from({ length: 1 + below(random, 20) }, next);
      plain.commit(changes);
      kept.commit(
        changes.map((change) => {
          const ofKey = entries.get(change.key) ?? [];
          entries.set(change.key, ofKey);
          // Any object that was ever kept for the key, a new one, or none.
          const choice = below(random, ofKey.length + 2);
          if (choice === ofKey.length + 1) return change;
          const entry = (ofKey[choice] ??= { slot: 0 });
          return { ...change, entry };
        }),
      );
      if (commit % 20 === 0) expect(kept.state).toEqual(plain.state);
    }
  });

  it('needs no search for entries that are kept, also when it has grown since (STORE-I3)', () => {
    const bed = new WriterBed();
    const changes = Array.from({ length: 500 }, (_, id): StoreChange => ({
      collection: 'c',
      key: `${id}`,
      value: 'v',
      entry: { slot: 0 },
    }));
    bed.commit(changes);
    expect(bed.searches).toBe(500);
    // More than a bucket of the tables and several pieces of slots.
    for (let more = 0; more < 40; more += 1)
      bed.commit(Array.from({ length: 500 }, (_, id): StoreChange => ({ collection: `d${id}`, key: `${more}`, value: 'v' })));
    bed.searches = 0;
    bed.beginSegment();
    bed.commit(changes);
    expect(bed.searches).toBe(0);
    expect(bed.index.placesOf(hashOf('c')).map(({ ordinal }) => ordinal)).toEqual(changes.map(() => 1));
    // A removed key is forgotten, and searched when it comes again.
    const [first] = changes;
    if (first === undefined) throw new Error('there are changes');
    bed.commit([{ ...first, value: undefined }]);
    expect(first.entry?.slot).toBe(0);
    bed.commit([first]);
    expect(bed.searches).toBe(1);
  });

  it('searches the names of an entry whose key another change of the commit has removed (STORE-I3)', () => {
    const bed = new WriterBed();
    const change: StoreChange = { collection: 'c', key: 'k', value: 'v', entry: { slot: 0 } };
    bed.commit([change]);
    bed.commit([{ collection: 'c', key: 'k', value: undefined }, { collection: 'other', key: 'takes the slot', value: 'v' }, change]);
    expect(bed.index.placesOf(hashOf('c'))).toHaveLength(1);
    expect(bed.index.placesOf(hashOf('other'))).toHaveLength(1);
    expect(bed.index.keys).toBe(2);
  });
});

function hashOf(collection: string): number {
  const hash = new NameHash(storeIdBytes(storeId));
  const bytes = Buffer.from(collection);
  hash.updateCollection(bytes, 0, bytes.length);
  return hash.collection;
}
