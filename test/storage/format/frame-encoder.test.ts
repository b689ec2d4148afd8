import { describe, expect, it } from '@jest/globals';
import { FrameEncoder } from '../../../src/storage/format/frame-encoder.ts';
import { parseEntry } from '../../../src/storage/format/entry-format.ts';
import { encodeSegmentHeader } from '../../../src/storage/format/segment-format.ts';
import { FrameSeal } from '../../../src/storage/format/unsealed-frame.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { frameOf, storeId } from '../log-fixture.ts';

// Written by hand from the layouts with Python's struct and zlib.
const goldenFrame =
  'ff5346fe' +
  '55000000' +
  '0500000001000000' +
  '03000000' +
  '1a6303bd' +
  '5d0870b3' + // frame header: commit 2^32 + 5, 3 entries
  'b262a64a' +
  '0500000001000000' +
  '04000000' +
  '01000000' +
  '02000000' +
  '632fc3a9' +
  '6b' +
  '00ff' + // c/é, k, bytes
  '444a49bd' +
  '0500000001000000' +
  '01000000' +
  '00000000' +
  '03000000' +
  '64' +
  'e29883' + // d, empty key, ☃
  '6eaa40f5' +
  '0500000001000000' +
  '01000000' +
  '01000000' +
  'ffffffff' +
  '63' +
  '6b'; // c, k, removed
const goldenSegmentHeader = '5346554e4c4f470a' + '03000000' + '02010000' + '00112233445566778899aabbccddeeff' + 'ece4aa24';

describe('the bytes of the log', () => {
  it('are those of the layout for a frame', () => {
    const bytes = frameOf(2 ** 32 + 5, [
      { collection: 'c/é', key: 'k', value: new Uint8Array([0, 255]) },
      { collection: 'd', key: '', value: '☃' },
      { collection: 'c', key: 'k', value: undefined },
    ]);
    expect(bytes.toString('hex')).toBe(goldenFrame);
  });

  it('are those of the layout for the header of a segment', () => {
    expect(encodeSegmentHeader(storeId, 258).toString('hex')).toBe(goldenSegmentHeader);
  });

  it('are the same in an area that grew, in one that is used again, and in the one after a large commit', () => {
    const change = { collection: 'c', key: 'k', value: '☃'.repeat(50_000) };
    const large = { ...change, value: Buffer.alloc(5_000_000) };
    const seal = new FrameSeal(storeId);
    const encoder = new FrameEncoder();
    const encode = (changes: readonly StoreChange[]): { bytes: string; area: SharedArrayBuffer } => {
      const frame = encoder.encode(1, changes);
      encoder.take();
      return { bytes: seal.seal(frame).toString('hex'), area: frame.area };
    };
    const grown = encode([change, change]);
    expect(grown.bytes).toHaveLength(2 * (28 + 2 * (24 + 2 + 150_000)));
    const again = encode([change, change]);
    expect(again).toEqual(grown);
    expect(again.area).toBe(grown.area);
    expect(encode([large, change, large]).area.byteLength).toBeGreaterThan(8 * 1024 * 1024);
    const after = encode([change, change]);
    expect(after.bytes).toBe(grown.bytes);
    expect(after.area.byteLength).toBeLessThan(1024 * 1024);
  });

  it.each(['', 'ascii', 'x'.repeat(5_000), '{"a":1}'])('are the same whether or not the caller says that "%.10s" is ASCII', (value) => {
    const change = { collection: 'c/é', key: 'k', value };
    expect(frameOf(1, [{ ...change, ascii: true }])).toEqual(frameOf(1, [change]));
  });

  it('hold many more entries than the first marks', () => {
    const changes = Array.from({ length: 5_000 }, (_, key) => ({
      collection: `c${key % 7}`,
      key: `${key}`,
      value: key % 3 === 0 ? undefined : `${key}`,
    }));
    const bytes = frameOf(1, changes);
    const found: StoreChange[] = [];
    for (let start = 28; start < bytes.length;) {
      const entry = parseEntry(bytes, start, bytes.length);
      if (entry === undefined) throw new Error('the frame holds whole entries');
      found.push({ collection: entry.collection, key: entry.key, value: entry.value?.toString() });
      start = entry.end;
    }
    expect(found).toEqual(changes);
  });
});

describe('the area of a frame', () => {
  it('is not written before the writer has returned it (STORE-E1)', () => {
    const encoder = new FrameEncoder();
    const change = { collection: 'c', key: 'k', value: 'v' };
    encoder.encode(1, [change]);
    expect(() => encoder.encode(2, [change])).toThrow('the writer has returned the one before');
    encoder.take();
    expect(encoder.encode(2, [change]).entries).toBe(1);
  });
});

describe('a commit', () => {
  const value = Buffer.alloc(16 * 1024 * 1024);
  const changesOf = (count: number): StoreChange[] =>
    Array.from({ length: count }, (_, key) => ({ collection: 'c', key: `${key}`, value }));

  it('may have 240 MiB', () => {
    expect(new FrameEncoder().encode(1, changesOf(15)).byteLength).toBeGreaterThan(240 * 1024 * 1024);
  });

  it('is refused when it is larger', () => {
    expect(() => new FrameEncoder().encode(1, changesOf(16))).toThrow('COMMIT_TOO_LARGE');
  });
});
