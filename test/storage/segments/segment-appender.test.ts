import { describe, expect, it } from '@jest/globals';
import { createSegment, SegmentAppender } from '../../../src/storage/segments/segment-appender.ts';
import { firstManifest, readManifest, writeManifest } from '../../../src/storage/segments/manifest.ts';
import { setMark } from '../../../src/storage/segments/writer-mark.ts';
import { segmentsFolder, storeId } from '../log-fixture.ts';
import { MemoryDisk } from '../memory-disk.ts';

const segmentFile = `${segmentsFolder}/00000001.log`;

/** A disk that notes what it is asked to change. */
class NotingDisk extends MemoryDisk {
  readonly calls: string[] = [];

  override openSync(...args: Parameters<MemoryDisk['openSync']>): number {
    this.calls.push(args[1]);
    return super.openSync(...args);
  }

  override writeSync(...args: Parameters<MemoryDisk['writeSync']>): number {
    this.calls.push('write');
    return super.writeSync(...args);
  }

  override fdatasyncSync(): void {
    this.calls.push('sync');
  }

  override renameSync(...args: Parameters<MemoryDisk['renameSync']>): void {
    this.calls.push('rename');
    super.renameSync(...args);
  }

  override syncFolderSync(): void {
    this.calls.push('sync folder');
  }
}

function createAppender(disk: MemoryDisk): SegmentAppender {
  disk.closeSync(createSegment(disk, segmentsFolder, storeId, 1));
  writeManifest(disk, '/state', firstManifest);
  return new SegmentAppender(
    {
      segmentsFolder,
      storeId,
      mark: setMark(disk, '/state'),
      segment: 1,
      offset: 36,
      segmentBytesMax: 50,
      commits: 0,
      manifest: firstManifest,
    },
    disk,
  );
}

describe('an appender', () => {
  it('syncs each frame, and makes the name of a new segment durable, in folder and manifest, before it takes one (STORE-A1, STORE-A2, STORE-M1)', () => {
    const disk = new NotingDisk();
    const appender = createAppender(disk);
    disk.calls.length = 0;
    expect(appender.append(Buffer.alloc(10))).toEqual({ segment: 1, offset: 36 });
    // The first one is the mode the segment is opened in.
    expect(disk.calls).toEqual(['write', 'write', 'sync']);
    disk.calls.length = 0;
    expect(appender.append(Buffer.alloc(10))).toEqual({ segment: 2, offset: 36 });
    const manifest = ['create', 'write', 'sync', 'rename', 'sync folder'];
    expect(disk.calls).toEqual(['create', 'write', 'sync', 'sync folder', ...manifest, 'write', 'sync']);
  });

  it.each(['writeSync', 'fdatasyncSync', 'syncFolderSync', 'renameSync'] as const)(
    'touches the disk no more after %s has failed (STORE-A3)',
    (operation) => {
      const disk = new NotingDisk();
      const appender = createAppender(disk);
      appender.append(Buffer.alloc(10));
      const failure = new Error('simulated');
      disk[operation] = () => {
        throw failure;
      };
      expect(() => appender.append(Buffer.alloc(10))).toThrow(failure);
      disk.calls.length = 0;
      expect(() => appender.append(Buffer.alloc(10))).toThrow(failure);
      expect(disk.calls).toEqual([]);
    },
  );

  it('begins larger segments where there are thousands, so that their number does not run out', () => {
    const disk = new MemoryDisk();
    disk.closeSync(createSegment(disk, segmentsFolder, storeId, 1));
    const others = Array.from({ length: 2_047 }, (_, index) => ({ kind: 'log', number: index + 2, commitsBefore: 0, bytes: 36 }) as const);
    const manifest = { ...firstManifest, nextNumber: 3_000, segments: [...others, ...firstManifest.segments] };
    writeManifest(disk, '/state', manifest);
    const appender = new SegmentAppender(
      { segmentsFolder, storeId, mark: setMark(disk, '/state'), segment: 1, offset: 36, segmentBytesMax: 50, commits: 0, manifest },
      disk,
    );
    const positions = [10, 10, 50, 10].map((bytes) => appender.append(Buffer.alloc(bytes)));
    expect(positions).toEqual([
      { segment: 1, offset: 36 },
      { segment: 1, offset: 46 },
      { segment: 3_000, offset: 36 },
      { segment: 3_000, offset: 86 },
    ]);
  });

  it.each<[string, string, (disk: MemoryDisk) => void]>([
    ['another process has opened the folder', 'opened the state folder', (disk) => void setMark(disk, '/state')],
    ['the manifest is another one', 'manifest.json', (disk) => writeManifest(disk, '/state', { ...firstManifest, nextNumber: 20 })],
    ['the manifest is gone', 'manifest.json', (disk) => disk.removeSync('/state/manifest.json')],
    ['the segment has grown', '00000001.log', (disk) => void disk.files.set(segmentFile, Buffer.alloc(47))],
    ['the segment was cut', '00000001.log', (disk) => void disk.files.set(segmentFile, Buffer.alloc(45))],
    ['the segment is gone', '00000001.log', (disk) => disk.removeSync(segmentFile)],
  ])('writes nothing any more when %s (STORE-A4)', (_what, named, change) => {
    const disk = new MemoryDisk();
    const appender = createAppender(disk);
    appender.append(Buffer.alloc(10));
    change(disk);
    const left = disk.copy().files;
    const changed = expect.objectContaining({ code: 'STATE_FOLDER_CHANGED', summary: expect.stringContaining(named) });
    expect(() => appender.append(Buffer.alloc(10))).toThrow(changed);
    expect(() => appender.append(Buffer.alloc(100))).toThrow(changed);
    expect(() => appender.replace({ removed: [], added: [] })).toThrow(changed);
    expect(() => appender.reserveNumber()).toThrow(changed);
    expect(appender.close()).toBeUndefined();
    expect(disk.files).toEqual(left);
  });

  it.each<[string, (disk: MemoryDisk) => void, (appender: SegmentAppender) => unknown]>([
    ['a frame', (disk) => setMark(disk, '/state'), (appender) => appender.append(Buffer.alloc(10))],
    ['a manifest', (disk) => setMark(disk, '/state'), (appender) => appender.replace({ removed: [], added: [] })],
  ])('does not promise %s when another process opens the folder while it is written (STORE-A4)', (_what, take, write) => {
    const disk = new MemoryDisk();
    const appender = createAppender(disk);
    disk.fdatasyncSync = () => take(disk);
    const before = disk.bytesOf('/state/manifest.json');
    expect(() => write(appender)).toThrow(expect.objectContaining({ code: 'STATE_FOLDER_CHANGED' }));
    expect(disk.bytesOf('/state/manifest.json')).toEqual(before);
  });

  it('never uses a number again, not even one that was reserved and given up (STORE-M3)', () => {
    const disk = new MemoryDisk();
    const appender = createAppender(disk);
    expect(appender.reserveNumber()).toBe(2);
    appender.append(Buffer.alloc(10));
    expect(appender.beginSegment()).toBe(3);
    expect(appender.reserveNumber()).toBe(4);
    appender.replace({ removed: [1], added: [] });
    expect(readManifest(disk, '/state')).toMatchObject({ nextNumber: 5, segments: [{ number: 3 }] });
  });

  it('takes nothing after it is closed', () => {
    const appender = createAppender(new MemoryDisk());
    appender.close();
    expect(() => appender.append(Buffer.alloc(10))).toThrow('closed');
  });
});
