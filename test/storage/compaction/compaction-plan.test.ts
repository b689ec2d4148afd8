import { describe, expect, it } from '@jest/globals';
import { planCompaction } from '../../../src/storage/compaction/compaction-plan.ts';
import { SegmentTable, type TrackedSegment } from '../../../src/storage/index/segment-table.ts';
import type { ListedSegment } from '../../../src/storage/segments/manifest.ts';

/** 100 units. */
const segmentBytesMax = 100 * 128;

interface Counts {
  readonly units: number;
  readonly live: number;
  readonly tombstones?: number;
}

const log = (number: number, commitsBefore: number): ListedSegment => ({ kind: 'log', number, commitsBefore, bytes: 100 });
const kept = (number: number, commitMin: number, commitMax: number, cleanAt: number): ListedSegment => {
  return { kind: 'kept', number, bytes: 100, commitMin, commitMax, cleanAt };
};

/** Plans with these closed segments, and an open one that begins behind commit 1,000. */
function plan(...closed: readonly (readonly [ListedSegment, Counts])[]): { sources: number[]; tombstonesKeptFrom: number } | undefined {
  const segments = new SegmentTable();
  const made = closed.map(([entry, { units, live, tombstones = 0 }]): TrackedSegment => {
    return Object.assign(segments.add(entry, 100), { units, liveUnits: live, tombstoneUnits: tombstones });
  });
  const open = segments.add({ kind: 'log', number: 99, commitsBefore: 1_000 }, 100);
  const planned = planCompaction(made, open, segmentBytesMax);
  return planned && { sources: planned.sources.map(({ listed }) => listed.number), tombstonesKeptFrom: planned.tombstonesKeptFrom };
}

describe('the plan of a compaction', () => {
  it('is none while little is garbage, and none for nothing', () => {
    expect(plan()).toBeUndefined();
    expect(plan([log(1, 0), { units: 100, live: 80 }], [log(2, 500), { units: 100, live: 90 }])).toBeUndefined();
  });

  it('reads the segments with the most garbage first, as many as leave one full segment', () => {
    expect(
      plan(
        [log(1, 0), { units: 100, live: 70 }],
        [log(2, 200), { units: 100, live: 10 }],
        [log(3, 400), { units: 100, live: 60 }],
        [log(4, 600), { units: 100, live: 40 }],
      )?.sources,
    ).toEqual([2, 4]);
  });

  it('reads a single segment, however much of it stays', () => {
    expect(plan([log(1, 0), { units: 300, live: 150 }])?.sources).toEqual([1]);
  });

  it('joins small segments of earlier compactions where there is room', () => {
    expect(plan([kept(1, 1, 50, 90), { units: 10, live: 10 }], [log(2, 100), { units: 100, live: 20 }])?.sources).toEqual([2, 1]);
  });

  it('keeps tombstones that an older entry may need: of the log from its first commit on (STORE-P1)', () => {
    const planned = plan([log(1, 0), { units: 100, live: 95 }], [log(2, 500), { units: 200, live: 5 }]);
    expect(planned).toEqual({ sources: [2], tombstonesKeptFrom: 1 });
  });

  it('lets tombstones go that a segment was clean at (STORE-P1)', () => {
    // Whatever the first one holds of commits 1 to 800 was the newest at commit 800: a tombstone up to then hides nothing in it.
    const planned = plan([kept(1, 1, 300, 800), { units: 100, live: 95 }], [log(2, 500), { units: 200, live: 5 }]);
    expect(planned).toEqual({ sources: [2], tombstonesKeptFrom: 801 });
  });

  it('counts tombstones as garbage only where all of them can go', () => {
    expect(plan([log(1, 0), { units: 100, live: 0, tombstones: 90 }])?.sources).toEqual([1]);
    // Here the older segment needs them: it is rewritten first, and they go with the next plan.
    const blocked = plan([log(1, 0), { units: 100, live: 85 }], [log(2, 500), { units: 100, live: 0, tombstones: 90 }]);
    expect(blocked?.sources).toEqual([1]);
    const next = plan([kept(3, 1, 400, 1_000), { units: 85, live: 85 }], [log(2, 500), { units: 100, live: 0, tombstones: 90 }]);
    expect(next?.sources).toContain(2);
    expect(next?.tombstonesKeptFrom).toBeGreaterThan(1_000);
  });

  it('ends: what was rewritten since the open segment began is not rewritten for the sake of tombstones', () => {
    expect(plan([kept(1, 1, 1_005, 1_005), { units: 100, live: 50, tombstones: 45 }])).toBeUndefined();
    // Where the open segment needs none of them they can simply go.
    expect(plan([kept(1, 1, 1_000, 1_005), { units: 100, live: 50, tombstones: 45 }])?.sources).toEqual([1]);
  });
});
