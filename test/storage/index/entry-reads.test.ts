import { describe, expect, it } from '@jest/globals';
import { frameHeaderBytes } from '../../../src/storage/format/frame-format.ts';
import { SegmentTable } from '../../../src/storage/index/segment-table.ts';
import type { EntryPlace } from '../../../src/storage/index/log-index.ts';
import { EntryReads } from '../../../src/storage/index/entry-reads.ts';
import type { ReadResult } from '../../../src/storage/segments/segment-reader.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { frameOf } from '../log-fixture.ts';

/** One segment, and a reader that answers every batch with these entries, as if they were what was asked for. */
function readsOf(
  answers: readonly StoreChange[],
  failures: ReadResult['failures'] = [],
  now: boolean = false,
): { reads: EntryReads; segments: SegmentTable } {
  const segments = new SegmentTable();
  segments.add({ kind: 'log', number: 1, commitsBefore: 0 }, 4_096);
  const entries = answers.map((change) => Uint8Array.from(frameOf(1, [change]).subarray(frameHeaderBytes)));
  let end = 0;
  const spans = Uint32Array.from(entries.flatMap(({ length }) => [(end += length) - length, length]));
  const bytes = Uint8Array.from(entries.flatMap((entry) => [...entry])).buffer;
  const read = (): Promise<ReadResult> => Promise.resolve({ bytes, spans, failures });
  const readNow = (_requests: Uint32Array, into: Buffer, intoSpans: Uint32Array): ReadResult['failures'] | undefined => {
    if (!now) return undefined;
    into.set(new Uint8Array(bytes));
    intoSpans.set(spans);
    return failures;
  };
  return { reads: new EntryReads({ readNow, read, forget: () => Promise.resolve(), close: () => Promise.resolve() }, segments), segments };
}

const place: EntryPlace = { ordinal: 0, offset: 36, units: 1 };

describe('reads that are gathered into one batch', () => {
  it('all end, also behind one whose entry is none that an index names', async () => {
    const { reads, segments } = readsOf([
      { collection: 'a', key: 'k', value: undefined },
      { collection: 'b', key: 'k', value: 'v' },
    ]);
    const settled = await Promise.allSettled([reads.read('a', [place]), reads.read('b', [place])]);
    expect(settled).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: [{ key: 'k' }] }]);
    expect(segments.at(0).readers).toBe(0);
  });

  it('fail one by one', async () => {
    const entry: StoreChange = { collection: 'c', key: 'k', value: 'v' };
    const failure = { request: 1, file: 'f', offset: 36, reason: 'the entry is not what was written' };
    const { reads } = readsOf([entry, entry, entry], [failure]);
    const settled = await Promise.allSettled([reads.read('c', [place]), reads.read('c', [place]), reads.read('c', [place])]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { code: 'STORE_CORRUPT' } });
  });

  it('of a large collection come in several batches, and are one answer', async () => {
    const segments = new SegmentTable();
    const segment = segments.add({ kind: 'log', number: 1, commitsBefore: 0 }, 1_000_000);
    const batches: number[] = [];
    const entry = Uint8Array.from(frameOf(1, [{ collection: 'c', key: 'k', value: 'v' }]).subarray(frameHeaderBytes));
    const read = (requests: Uint32Array): Promise<ReadResult> => {
      const count = requests.length / 3;
      batches.push(count);
      const spans = Uint32Array.from(Array.from({ length: count }, () => [0, entry.length]).flat());
      if (batches.length === failing) return Promise.reject(new Error('the disk'));
      return Promise.resolve({ bytes: Uint8Array.from(entry).buffer, spans, failures: [] });
    };
    let failing = 0;
    const readNow = (): undefined => {
      throw new Error('too many entries to block the caller');
    };
    const reads = new EntryReads({ readNow, read, forget: () => Promise.resolve(), close: () => Promise.resolve() }, segments);
    const places = Array.from({ length: 1_200 }, (_, index) => ({ ordinal: 0, offset: 36 + index * 128, units: 1 }));
    expect(await reads.read('c', places)).toHaveLength(1_200);
    expect(batches).toEqual([512, 512, 176]);
    failing = 5;
    await expect(reads.read('c', places)).rejects.toThrow('the disk');
    expect(batches).toHaveLength(6);
    expect(segment.readers).toBe(0);
  });

  it('give out no entry of another collection with the same hash (STORE-I1, STORE-I2)', async () => {
    const { reads } = readsOf([{ collection: 'other', key: 'k', value: 'v' }]);
    expect(await reads.read('c', [place])).toEqual([]);
  });
});

describe('a read of few entries', () => {
  it('is answered at once when the reader has them', () => {
    const { reads, segments } = readsOf([{ collection: 'c', key: 'k', value: 'v' }], [], true);
    const found = reads.read('c', [place]);
    expect(reads.read('d', [place])).toEqual([]);
    // A later read does not change what an earlier one has returned.
    expect(found).toEqual([{ key: 'k', value: Buffer.from('v') }]);
    expect(segments.at(0).readers).toBe(0);
  });

  it('fails at once when an entry is damaged', () => {
    const failure = { request: 0, file: 'f', offset: 36, reason: 'the entry is not what was written' };
    const { reads } = readsOf([{ collection: 'c', key: 'k', value: 'v' }], [failure], true);
    expect(() => reads.read('c', [place])).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });

  it('is handed over when the entries are large', async () => {
    const { reads } = readsOf([{ collection: 'c', key: 'k', value: 'v' }], [], true);
    expect(reads.read('c', [{ ...place, units: 31 }])).toEqual([{ key: 'k', value: Buffer.from('v') }]);
    const segments = new SegmentTable();
    segments.add({ kind: 'log', number: 1, commitsBefore: 0 }, 1_000_000);
    const large = new EntryReads(
      {
        readNow: () => {
          throw new Error('too many bytes to block the caller');
        },
        read: () => Promise.reject(new Error('read by the thread')),
        forget: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
      segments,
    );
    await expect(large.read('c', [{ ...place, units: 513 }])).rejects.toThrow('read by the thread');
  });
});
