import { describe, expect, it } from '@jest/globals';
import { FrameEncoder } from '../../../src/storage/format/frame-encoder.ts';
import { frameHeaderBytes } from '../../../src/storage/format/frame-format.ts';
import { LiveSegments } from '../../../src/storage/index/live-segments.ts';
import type { RecordPlace } from '../../../src/storage/index/log-index.ts';
import { RecordReads } from '../../../src/storage/index/record-reads.ts';
import type { ReadAnswer } from '../../../src/storage/segments/segment-reader.ts';
import type { StoreChange } from '../../../src/storage/store.ts';

/** One segment, and a reader that answers every batch with these records, as if they were what was asked for. */
function readsOf(answers: readonly StoreChange[], failures: ReadAnswer['failures'] = []): { reads: RecordReads; segments: LiveSegments } {
  const segments = new LiveSegments();
  segments.add({ kind: 'log', number: 1, commitsBefore: 0 }, 4_096);
  const records = answers.map((change) => Uint8Array.from(new FrameEncoder(0).encode(1, [change]).subarray(frameHeaderBytes)));
  let end = 0;
  const spans = Uint32Array.from(records.flatMap(({ length }) => [(end += length) - length, length]));
  const bytes = Uint8Array.from(records.flatMap((record) => [...record])).buffer;
  const read = (): Promise<ReadAnswer> => Promise.resolve({ bytes, spans, failures });
  return { reads: new RecordReads({ read, forget: () => Promise.resolve(), close: () => Promise.resolve() }, segments), segments };
}

const place: RecordPlace = { ordinal: 0, offset: 36, units: 1 };

describe('reads that are gathered into one batch', () => {
  it('all end, also behind one whose record is none that an index names', async () => {
    const { reads, segments } = readsOf([
      { collection: 'a', key: 'k', value: undefined },
      { collection: 'b', key: 'k', value: 'v' },
    ]);
    const settled = await Promise.allSettled([reads.read('a', [place]), reads.read('b', [place])]);
    expect(settled).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: [{ key: 'k' }] }]);
    expect(segments.at(0).readers).toBe(0);
  });

  it('fail one by one', async () => {
    const record: StoreChange = { collection: 'c', key: 'k', value: 'v' };
    const failure = { request: 1, file: 'f', offset: 36, reason: 'the record is not what was written' };
    const { reads } = readsOf([record, record, record], [failure]);
    const settled = await Promise.allSettled([reads.read('c', [place]), reads.read('c', [place]), reads.read('c', [place])]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { code: 'STORE_CORRUPT' } });
  });

  it('of a large collection come in several batches, and are one answer', async () => {
    const segments = new LiveSegments();
    const segment = segments.add({ kind: 'log', number: 1, commitsBefore: 0 }, 1_000_000);
    const batches: number[] = [];
    const record = Uint8Array.from(new FrameEncoder(0).encode(1, [{ collection: 'c', key: 'k', value: 'v' }]).subarray(frameHeaderBytes));
    const read = (requests: Uint32Array): Promise<ReadAnswer> => {
      const count = requests.length / 3;
      batches.push(count);
      const spans = Uint32Array.from(Array.from({ length: count }, () => [0, record.length]).flat());
      if (batches.length === failing) return Promise.reject(new Error('the disk'));
      return Promise.resolve({ bytes: Uint8Array.from(record).buffer, spans, failures: [] });
    };
    let failing = 0;
    const reads = new RecordReads({ read, forget: () => Promise.resolve(), close: () => Promise.resolve() }, segments);
    const places = Array.from({ length: 1_200 }, (_, index) => ({ ordinal: 0, offset: 36 + index * 128, units: 1 }));
    expect(await reads.read('c', places)).toHaveLength(1_200);
    expect(batches).toEqual([512, 512, 176]);
    failing = 5;
    await expect(reads.read('c', places)).rejects.toThrow('the disk');
    expect(batches).toHaveLength(6);
    expect(segment.readers).toBe(0);
  });

  it('give out no entry of another collection with the same hash', async () => {
    const { reads } = readsOf([{ collection: 'other', key: 'k', value: 'v' }]);
    expect(await reads.read('c', [place])).toEqual([]);
  });
});
