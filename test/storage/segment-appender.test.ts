import { describe, expect, it } from '@jest/globals';
import { createSegment, SegmentAppender } from '../../src/storage/segment-appender.ts';
import { firstManifest } from '../../src/storage/manifest.ts';
import { segmentsFolder, storeId } from './log-fixture.ts';
import { MemoryDisk } from './memory-disk.ts';

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
  return new SegmentAppender(
    { segmentsFolder, storeId, segment: 1, offset: 36, segmentBytesMax: 50, commits: 0, manifest: firstManifest },
    disk,
  );
}

describe('an appender', () => {
  it('syncs each frame, and makes the name of a new segment durable, in folder and manifest, before it takes one', () => {
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
    'touches the disk no more after %s has failed',
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
    const appender = new SegmentAppender(
      { segmentsFolder, storeId, segment: 1, offset: 36, segmentBytesMax: 50, commits: 0, manifest },
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

  it('takes nothing after it is closed', () => {
    const appender = createAppender(new MemoryDisk());
    appender.close();
    expect(() => appender.append(Buffer.alloc(10))).toThrow('closed');
  });
});
