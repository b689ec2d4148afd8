import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import type { Disk } from '../../../src/storage/disk.ts';
import { firstManifest, writeManifest } from '../../../src/storage/segments/manifest.ts';
import { encodeSegmentHeader } from '../../../src/storage/format/segment-format.ts';
import type { StoreChange } from '../../../src/storage/store.ts';
import { recover, segmentsFolder, storeId, writeLog, type Contents } from '../log-fixture.ts';
import type { MemoryDisk } from '../memory-disk.ts';

const first = `${segmentsFolder}/00000001.log`;
const second = `${segmentsFolder}/00000002.log`;
const headerBytes = 36;

// An entry has 24 bytes, a frame 28, before their contents.
const commits: readonly (readonly StoreChange[])[] = [
  [
    { collection: 'a', key: 'k', value: '1' },
    { collection: 'b', key: 'k', value: '1' },
  ],
  [{ collection: 'a', key: 'k', value: '2' }],
  [
    { collection: 'b', key: 'k', value: undefined },
    { collection: 'a', key: 'l', value: 'é' },
  ],
];
const frameStarts = [36, 36 + 28 + 2 * 27, 36 + 28 + 2 * 27 + 28 + 27];
const end = 36 + 28 + 2 * 27 + 28 + 27 + 28 + 26 + 28;

/** What is there after 0, 1, 2 and 3 commits, by hand. */
const contentsAfter: readonly Contents[] = [
  {},
  { a: { k: '31' }, b: { k: '31' } },
  { a: { k: '32' }, b: { k: '31' } },
  { a: { k: '32', l: 'c3a9' } },
];

function withBytes(disk: MemoryDisk, path: string, change: (bytes: Buffer) => Buffer): MemoryDisk {
  const copy = disk.copy();
  copy.files.set(path, change(copy.bytesOf(path)));
  return copy;
}

function withFlippedBit(disk: MemoryDisk, path: string, bit: number): MemoryDisk {
  return withBytes(disk, path, (bytes) => {
    bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return bytes;
  });
}

const bitsOf = (from: number, to: number): number[] => Array.from({ length: (to - from) * 8 }, (_, bit) => from * 8 + bit);

describe('recovery of a log', () => {
  const log = writeLog(commits);

  it('finds every commit of a log that was closed', async () => {
    expect(log.bytesOf(first)).toHaveLength(end);
    expect(await recover(log)).toEqual({
      commits: 3,
      frames: 3,
      tornBytes: 0,
      segment: 1,
      offset: end,
      contents: contentsAfter[3],
    });
  });

  it('recovers the commit before a last frame that was cut at any byte (STORE-S1, STORE-R1)', async () => {
    for (let size = frameStarts[2] ?? 0; size < end; size += 1) {
      const disk = withBytes(log, first, (bytes) => bytes.subarray(0, size));
      expect(await recover(disk)).toMatchObject({ commits: 2, tornBytes: size - (frameStarts[2] ?? 0), contents: contentsAfter[2] });
      expect(disk.bytesOf(first)).toHaveLength(frameStarts[2] ?? 0);
    }
  });

  it('recovers the commit before a last frame with any bit flipped', async () => {
    for (const bit of bitsOf(frameStarts[2] ?? 0, end)) {
      expect(await recover(withFlippedBit(log, first, bit))).toMatchObject({ commits: 2, contents: contentsAfter[2] });
    }
  });

  it('refuses any flipped bit of a frame that another one follows, naming file and offset (STORE-R1)', async () => {
    for (const frame of [0, 1]) {
      for (const bit of bitsOf(frameStarts[frame] ?? 0, frameStarts[frame + 1] ?? 0)) {
        await expect(recover(withFlippedBit(log, first, bit))).rejects.toMatchObject({
          code: 'STORE_CORRUPT',
          outcome: 'stop',
          facts: { file: first, offset: frameStarts[frame] },
        });
      }
    }
  });

  it('refuses any flipped bit of the header of the first segment', async () => {
    for (const bit of bitsOf(0, headerBytes))
      await expect(recover(withFlippedBit(log, first, bit))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('refuses or recovers an earlier commit, and never invents one, whatever is overwritten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(end - 1), fc.uint8Array({ minLength: 1, maxLength: 60 }), async (offset, garbage) => {
        const disk = withBytes(log, first, (bytes) =>
          Buffer.concat([bytes.subarray(0, offset), garbage, bytes.subarray(offset + garbage.length)]),
        );
        const found = await recover(disk).catch((error: unknown) => error);
        if (found instanceof Error) expect(found).toMatchObject({ code: 'STORE_CORRUPT' });
        else expect(found).toMatchObject({ contents: contentsAfter[(found as { commits: number }).commits] });
      }),
      { seed: 20_260_102, numRuns: 500 },
    );
  });

  it.each([
    ['zeros', Buffer.alloc(100)],
    ['bytes of any kind', Buffer.from('ff5346fe ff5346fe 00'.repeat(20), 'utf8')],
    ['magic numbers', Buffer.from('ff5346fe'.repeat(50), 'hex')],
  ])('cuts %s behind the last frame', async (_what, tail) => {
    const disk = withBytes(log, first, (bytes) => Buffer.concat([bytes, tail]));
    expect(await recover(disk)).toMatchObject({ commits: 3, tornBytes: tail.length, contents: contentsAfter[3] });
  });

  it('is not fooled by frames inside a value: neither of this log nor of another store', async () => {
    const frames = log.bytesOf(first).subarray(headerBytes);
    // The same frames with later numbers, as another store would have written them: valid but for where their checksums start.
    const foreign = Buffer.from(frames);
    for (const start of frameStarts) {
      const header = foreign.subarray(start - headerBytes, start - headerBytes + 28);
      header.writeUInt32LE(1_000, 8);
      header.writeUInt32LE(crc32(header.subarray(0, 24)), 24);
    }
    const disk = writeLog([...commits, [{ collection: 'copy', key: 'k', value: Buffer.concat([frames, foreign]) }]]);
    const torn = withBytes(disk, first, (bytes) => bytes.subarray(0, bytes.length - 1));
    expect(await recover(torn)).toMatchObject({ commits: 3, contents: contentsAfter[3] });
  });

  it('refuses a commit that is missing between two others', async () => {
    const disk = withBytes(log, first, (bytes) => Buffer.concat([bytes.subarray(0, frameStarts[1]), bytes.subarray(frameStarts[2])]));
    await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { offset: frameStarts[1] } });
  });

  it('refuses a commit that is there twice', async () => {
    const disk = withBytes(log, first, (bytes) => Buffer.concat([bytes.subarray(0, frameStarts[2]), bytes.subarray(frameStarts[1])]));
    await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { offset: frameStarts[2] } });
  });

  it('refuses damage behind an intact header when more was written after its frame', async () => {
    const disk = withBytes(log, first, (bytes) => bytes.fill(0, (frameStarts[1] ?? 0) + 28));
    await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { offset: frameStarts[1] } });
  });

  it('makes what it recovered durable again: the names, then the tail is cut and the last frame written once more (STORE-R2)', async () => {
    const disk = withBytes(log, first, (bytes) => bytes.subarray(0, end - 1));
    const calls: string[] = [];
    const watched: Disk = Object.assign(disk, {
      truncateSync: (_file: number, size: number) => calls.push(`truncate to ${size}`),
      writeSync: (_file: number, bytes: Uint8Array, start: number, position: number) => {
        calls.push(`write ${bytes.byteLength - start} at ${position}`);
        return bytes.byteLength - start;
      },
      fdatasyncSync: () => calls.push('sync file'),
      syncFolderSync: (folder: string) => calls.push(`sync ${folder}`),
    });
    await recover(watched);
    expect(calls).toEqual([
      'sync /state',
      `sync ${segmentsFolder}`,
      `truncate to ${frameStarts[2]}`,
      `write 55 at ${frameStarts[1]}`,
      'sync file',
    ]);
  });
});

describe('recovery of several segments', () => {
  // 36 + 82 bytes: every frame begins a segment.
  const log = writeLog(commits, 120);

  it('finds every commit', async () => {
    expect(log.listSync(segmentsFolder)).toHaveLength(3);
    expect(await recover(log)).toMatchObject({ commits: 3, segment: 3, contents: contentsAfter[3] });
  });

  it('refuses a frame cut at any byte in a segment that another one follows', async () => {
    const size = log.bytesOf(second).length;
    for (let cut = 0; cut < size; cut += 1) {
      const disk = withBytes(log, second, (bytes) => bytes.subarray(0, cut));
      await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: second, offset: cut } });
    }
  });

  it('refuses when a segment is missing, the last one too, and names it', async () => {
    for (const missing of [first, second, `${segmentsFolder}/00000003.log`]) {
      const disk = log.copy();
      disk.removeSync(missing);
      await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: missing, reason: 'the file is missing' } });
    }
  });

  it('removes a segment that was begun and not named before a crash, whatever there is of it', async () => {
    const fourth = `${segmentsFolder}/00000004.log`;
    for (let bytes = 0; bytes <= headerBytes; bytes += 1) {
      const disk = log.copy();
      disk.files.set(fourth, encodeSegmentHeader(storeId, 4).subarray(0, bytes));
      expect(await recover(disk)).toMatchObject({ commits: 3, segment: 3, contents: contentsAfter[3] });
      expect(disk.files.has(fourth)).toBe(false);
    }
  });

  it('removes a segment that was compacted away and has come back', async () => {
    const disk = log.copy();
    disk.files.set(`${segmentsFolder}/00000009.log`, log.bytesOf(second));
    expect(await recover(disk)).toMatchObject({ commits: 3, contents: contentsAfter[3] });
    expect(disk.listSync(segmentsFolder)).toHaveLength(3);
  });

  it('refuses a manifest that does not name the newest commits', async () => {
    const disk = log.copy();
    writeManifest(disk, '/state', firstManifest);
    await expect(recover(disk)).rejects.toMatchObject({ code: 'STORE_CORRUPT', facts: { file: '/state/manifest.json' } });
  });

  it('refuses any flipped bit of the header of a last segment that holds a commit', async () => {
    const third = `${segmentsFolder}/00000003.log`;
    for (const bit of bitsOf(0, headerBytes))
      await expect(recover(withFlippedBit(log, third, bit))).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it.each([
    ['a later format version', 8, 4, 'STORE_FORMAT_NEWER'],
    ['the number of another segment', 12, 7, 'STORE_CORRUPT'],
    ['the id of another store', 16, 0x1234, 'STORE_CORRUPT'],
  ])('refuses a segment with %s', async (_what, offset, value, code) => {
    const disk = withBytes(log, second, (bytes) => {
      bytes.writeUInt32LE(value, offset);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 32)), 32);
      return bytes;
    });
    await expect(recover(disk)).rejects.toMatchObject({ code, facts: { file: second } });
  });

  it('says what to do about damage', async () => {
    const disk = withFlippedBit(log, first, headerBytes * 8);
    await expect(recover(disk)).rejects.toThrow(/00000001\.log is damaged at byte 36: .*\n {2}Hint: .*restore a copy/);
  });
});
