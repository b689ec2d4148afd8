import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '../../../src/shared/logger.ts';
import { Compaction, type CompactionOptions } from '../../../src/storage/compaction/compaction.ts';
import { ordinalsMax, placeOf } from '../../../src/storage/index/index-slots.ts';
import { SegmentTable, type TrackedSegment } from '../../../src/storage/index/segment-table.ts';
import { LogIndex } from '../../../src/storage/index/log-index.ts';
import { candidateWords } from '../../../src/storage/segments/segment-copier.ts';

/** One entry, the newest of its entry, in segment 1 at offset 36. */
const candidate = [1, 36, 100, 7, 8, 9, 1, 0];

/** Records of the same segment that no index names. */
const garbage = Array.from({ length: 29 }, (_, index) => [1, 200 + index, 100, 7, 8, 100 + index, 1, 0]).flat();

/** A store of two segments, the first of them mostly garbage, and threads that only note what they are asked. */
class CompactionBed {
  readonly asked: string[] = [];
  readonly index = new LogIndex();
  readonly segments = new SegmentTable();
  readonly source: TrackedSegment;
  readonly open: TrackedSegment;
  readonly compaction: Compaction;
  batches = [Int32Array.from([...candidate, ...garbage]), new Int32Array(0)];
  onAdvance: () => void = () => undefined;
  onReplace: () => Promise<void> = () => Promise.resolve();

  constructor() {
    this.source = this.segments.add({ kind: 'log', number: 1, commitsBefore: 0, bytes: 4_096 }, 4_096);
    this.open = this.segments.add({ kind: 'log', number: 2, commitsBefore: 10 }, 36);
    Object.assign(this.source, { units: 30, liveUnits: 1 });
    this.index.add({ collection: 7, first: 8, second: 9 }, 36, placeOf(this.source.ordinal, 1));
    this.compaction = new Compaction(this.#options());
  }

  note<T>(what: string, answer: T): Promise<T> {
    this.asked.push(what);
    return Promise.resolve(answer);
  }

  #options(): CompactionOptions {
    const { index, segments } = this;
    return {
      ...{ index, segments, segmentBytesMax: 4_096, bytesPerSecondMax: 1_000_000, logger: silentLogger },
      writer: {
        beginSegment: () => Promise.resolve(1),
        reserveNumber: () => this.note('reserve', 3),
        replace: () => this.note('replace', undefined).then(() => this.onReplace()),
        append: () => Promise.reject(new Error('nothing is appended')),
        close: () => Promise.resolve(undefined),
      },
      reader: {
        forget: () => this.note('forget', undefined),
        readNow: () => undefined,
        read: () => Promise.reject(new Error('nothing is read')),
        close: () => Promise.resolve(),
      },
      copier: {
        begin: () => this.note('begin', undefined),
        advance: (kept) => {
          this.onAdvance();
          const placed = Uint32Array.from(kept.filter(Boolean), () => 64);
          return this.note('advance', { placed, candidates: this.batches.shift() ?? new Int32Array(0) });
        },
        finish: () => this.note('finish', 164),
        abandon: () => this.note('abandon', undefined),
        remove: () => this.note('remove', undefined),
        close: () => this.note('close', undefined),
      },
      commits: () => 10,
      open: () => this.open,
      failed: () => undefined,
    };
  }

  get place(): number {
    return this.segments.at(this.index.placeOf(this.index.find({ collection: 7, first: 8, second: 9 })).ordinal).listed.number;
  }

  async run(): Promise<void> {
    this.compaction.consider();
    await this.compaction.settled();
  }
}

describe('a compaction that cannot end', () => {
  let bed: CompactionBed;

  beforeEach(() => {
    bed = new CompactionBed();
  });

  it('would otherwise replace the segment it read', async () => {
    expect(candidate).toHaveLength(candidateWords);
    await bed.run();
    expect(bed.asked).toEqual(['reserve', 'begin', 'advance', 'advance', 'finish', 'replace', 'forget', 'remove']);
    expect(bed.place).toBe(3);
    expect(bed.segments.listed.map(({ listed }) => listed.number)).toEqual([2, 3]);
  });

  it('leaves the manifest alone when there is no room for one more segment', async () => {
    for (let number = 10; bed.segments.listed.length < ordinalsMax; number += 1) {
      bed.segments.add({ kind: 'log', number, commitsBefore: number, bytes: 36 }, 36);
    }
    await bed.run();
    expect(bed.asked).toContain('finish');
    expect(bed.asked).not.toContain('replace');
    expect(bed.place).toBe(1);
    expect(bed.segments.numbered(1)).toBe(bed.source);
  });

  it('names only the segments of before when the manifest cannot be written (STORE-M2, STORE-K2)', async () => {
    bed.onReplace = () => Promise.reject(new Error('no space'));
    await bed.run();
    expect(bed.place).toBe(1);
    expect(bed.segments.listed.map(({ listed }) => listed.number)).toEqual([1, 2]);
    expect(bed.asked).not.toContain('remove');
  });

  it('leaves the segments alone when not all of their entries were shown (STORE-K1)', async () => {
    bed.batches = [Int32Array.from(candidate), new Int32Array(0)];
    await bed.run();
    expect(bed.asked).not.toContain('replace');
    expect(bed.asked.at(-1)).toBe('abandon');
    expect(bed.place).toBe(1);
  });

  it('ends when the store has failed, without a byte more', async () => {
    bed.onAdvance = () => bed.compaction.stop();
    await bed.run();
    expect(bed.asked.at(-1)).toBe('abandon');
    expect(bed.asked).not.toContain('finish');
    expect(bed.asked).not.toContain('replace');
  });
});
