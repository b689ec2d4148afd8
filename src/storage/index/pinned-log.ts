import { segmentPath, segmentsFolderOf } from '../format/segment-format.ts';
import type { ListedSegment } from '../segments/manifest.ts';
import type { SegmentTable, TrackedSegment } from './segment-table.ts';

/** A segment of a pinned log. */
export interface PinnedSegment {
  /** Description of the segment in a manifest. The segment that takes frames has no size there. */
  readonly listed: ListedSegment;
  readonly path: string;
  /** Size up to the pinned commit. The file may grow beyond it. */
  readonly bytes: number;
}

/**
 * The log after one commit. Its files stay, and their first bytes do not change, until it is released.
 *
 * STORE-V3. The segments hold exactly the commits up to the pinned one, also while commits and compactions continue.
 */
export interface PinnedLog {
  readonly commit: number;
  /** The segments; the one that takes frames is last, as in a manifest. */
  readonly segments: readonly PinnedSegment[];
  /** Lets compactions remove the files. Calling it again does nothing. */
  release(): void;
}

/**
 * Pins all segments. While a compaction replaces segments, old and new ones are pinned: of two entries of a key the newer commit counts, and both
 * entries of one commit are equal.
 */
export function pinLog(folder: string, segments: SegmentTable, open: TrackedSegment, commit: number): PinnedLog {
  const listed = segments.listed.filter((segment) => segment !== open);
  // Those that a compaction wrote come before those that took frames, as in a manifest.
  const kept = listed.filter((segment) => segment.listed.kind === 'kept');
  const logs = listed.filter((segment) => segment.listed.kind === 'log').sort((a, b) => a.listed.number - b.listed.number);
  const pinned = [...kept, ...logs, open].map(({ ordinal }) => segments.beginRead(ordinal));
  let released = false;
  return {
    commit,
    segments: pinned.map((segment) => ({
      listed: segment.listed,
      path: segmentPath(segmentsFolderOf(folder), segment.listed.number),
      bytes: segment.bytes,
    })),
    release() {
      if (released) return;
      released = true;
      for (const segment of pinned) segments.endRead(segment);
    },
  };
}
