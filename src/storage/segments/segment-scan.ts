import { findLaterFrame, frameHeaderBytes, isBodyIntact, parseFrameHeader } from '../format/frame-format.ts';
import { entrySpan, type EntrySpan } from '../format/entry-format.ts';

export interface Damage {
  readonly offset: number;
  readonly reason: string;
  /** Whether a write that was interrupted explains it, given that this is the last segment of the log. */
  readonly torn: boolean;
}

export interface SegmentScan {
  readonly frames: number;
  /** The commit of the last intact frame, or the one before the segment. */
  readonly commit: number;
  readonly lastFrameStart: number;
  /** The offset behind the last intact frame. */
  readonly end: number;
  readonly damage: Damage | undefined;
}

/** Is shown each entry: where it begins, and its parts. */
export type EntryVisitor = (start: number, entry: EntrySpan) => void;

/** The frames of a segment of the log have consecutive commits, behind these; those that a compaction wrote have any. */
export type CommitOrder = { readonly commitsBefore: number } | 'any';

/**
 * Reads frame after frame and tells what stopped it.
 *
 * At most one frame is ever unsynced. So a damaged frame is a torn tail only when nothing shows that a later one was begun: no byte
 * behind an intact header's frame, and no intact header of a later commit anywhere behind. Otherwise the frame was once whole.
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
