import type { Advance, CopierStart, CopyTask } from '../segments/segment-copier.ts';

/** Copies entries of the log for a compaction; see {@link SegmentCopier}. */
export interface LogCopier {
  begin(task: CopyTask): Promise<void>;
  /** Waits `delayMs` milliseconds first, to leave the disk to commits. The copier owns the buffer of `kept` from then on. */
  advance(kept: Uint8Array<ArrayBuffer>, delayMs: number): Promise<Advance>;
  /** Returns the size of the new segment in bytes. */
  finish(): Promise<number>;
  abandon(): Promise<void>;
  remove(segments: readonly number[]): Promise<void>;
  /** Abandons the copy that is not finished. */
  close(): Promise<void>;
}

export type LogCopierFactory = (start: CopierStart) => LogCopier;
