import { findLaterFrame, frameHeaderBytes, isBodyIntact, parseFrameHeader } from '../format/frame-format.ts';
import { entrySpan, type EntrySpan } from '../format/entry-format.ts';

export interface Damage {
  readonly offset: number;
  readonly reason: string;
  /** Whether an interrupted write explains the damage, if this is the last segment of the log. */
  readonly torn: boolean;
}

export interface SegmentScan {
  readonly frames: number;
  /** Commit of the last intact frame, or the last commit before the segment. */
  readonly commit: number;
  readonly lastFrameStart: number;
  /** Offset after the last intact frame. */
  readonly end: number;
  readonly damage: Damage | undefined;
}

/** Called for each entry with its offset and its parts. */
export type EntryVisitor = (start: number, entry: EntrySpan) => void;

/** Frames of a log segment have consecutive commits after `commitsBefore`. Frames that a compaction wrote have commits in any order. */
export type CommitOrder = { readonly commitsBefore: number } | 'any';

/**
 * Reads frame by frame, and reports the damage that stopped it.
 *
 * At most one frame is unsynced at any time. So a damaged frame is a torn tail only if no later frame was begun: no byte follows the frame of
 * an intact header, and no intact header of a later commit follows anywhere. Otherwise the frame was once complete.
 */
export function scanSegment(bytes: Buffer, start: number, order: CommitOrder, checksumSeed: number, visit: EntryVisitor): SegmentScan {
  let scan = { frames: 0, commit: order === 'any' ? 0 : order.commitsBefore, lastFrameStart: start, end: start };
  while (scan.end < bytes.length) {
    const offset = scan.end;
    const header = parseFrameHeader(bytes, offset, checksumSeed);
    if (header === undefined || !isBodyIntact(bytes, offset, header, checksumSeed)) {
      const torn =
        (header === undefined || header.end >= bytes.length) && findLaterFrame(bytes, offset + 1, scan.commit, checksumSeed) === undefined;
      return { ...scan, damage: { offset, torn, reason: `the frame behind commit ${scan.commit} is not what was written` } };
    }
    if (order !== 'any' && header.commit !== scan.commit + 1) {
      return { ...scan, damage: { offset, torn: false, reason: `commit ${header.commit} follows commit ${scan.commit}` } };
    }
    if (!visitEntries(bytes, offset + frameHeaderBytes, header.end, header.entries, visit)) {
      return { ...scan, damage: { offset, torn: false, reason: `the frame of commit ${header.commit} holds no readable entries` } };
    }
    scan = { frames: scan.frames + 1, commit: header.commit, lastFrameStart: offset, end: header.end };
  }
  return { ...scan, damage: undefined };
}

function visitEntries(bytes: Buffer, start: number, end: number, entries: number, visit: EntryVisitor): boolean {
  let offset = start;
  for (let left = entries; left > 0; left -= 1) {
    const entry = entrySpan(bytes, offset, end);
    if (entry === undefined) return false;
    visit(offset, entry);
    offset = entry.end;
  }
  return offset === end;
}
