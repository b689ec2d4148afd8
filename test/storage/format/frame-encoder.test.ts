import { describe, expect, it } from '@jest/globals';
import { FrameEncoder } from '../../../src/storage/format/frame-encoder.ts';
import { checksumSeedOf, encodeSegmentHeader } from '../../../src/storage/format/segment-format.ts';
import { storeId } from '../log-fixture.ts';

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
const goldenSegmentHeader = '5346554e4c4f470a' + '02000000' + '02010000' + '00112233445566778899aabbccddeeff' + 'cb818fa5';

describe('the bytes of the log', () => {
  it('are those of the layout for a frame', () => {
    const bytes = new FrameEncoder(checksumSeedOf(storeId)).encode(2 ** 32 + 5, [
      { collection: 'c/é', key: 'k', value: new Uint8Array([0, 255]) },
      { collection: 'd', key: '', value: '☃' },
      { collection: 'c', key: 'k', value: undefined },
    ]);
    expect(bytes.toString('hex')).toBe(goldenFrame);
  });

  it('are those of the layout for the header of a segment', () => {
    expect(encodeSegmentHeader(storeId, 258).toString('hex')).toBe(goldenSegmentHeader);
  });

  it('are the same in a buffer that grew and in one that came back', () => {
    const change = { collection: 'c', key: 'k', value: '☃'.repeat(50_000) };
    const encoder = new FrameEncoder(1);
    const grown = encoder.encode(1, [change, change]);
    const expected = grown.toString('hex');
    expect(grown.length).toBe(28 + 2 * (24 + 2 + 150_000));
    encoder.recycle(grown.buffer);
    expect(encoder.encode(1, [change, change]).toString('hex')).toBe(expected);
  });
});

describe('a commit that is too large', () => {
  it('is refused', () => {
    const value = Buffer.alloc(16 * 1024 * 1024);
    const changes = Array.from({ length: 16 }, (_, key) => ({ collection: 'c', key: `${key}`, value }));
    expect(() => new FrameEncoder(1).encode(1, changes)).toThrow('COMMIT_TOO_LARGE');
  });
});
