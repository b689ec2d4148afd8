import type { Manifest } from '../segments/manifest.ts';
import type { UnsealedFrame } from '../format/unsealed-frame.ts';
import type { AppendStart, FramePosition, Replacement } from '../segments/segment-appender.ts';

/** Appends frames to the log, one at a time, and replaces the manifest. After one call rejects, every later call rejects. */
export interface LogWriter {
  /** Seals the frame and appends it. Resolves when it survives a crash of the machine. The memory of the frame is the writer's until then. */
  append(frame: UnsealedFrame): Promise<FramePosition>;
  /** See {@link SegmentAppender.beginSegment}. */
  beginSegment(): Promise<number>;
  /** See {@link SegmentAppender.reserveNumber}. */
  reserveNumber(): Promise<number>;
  /** See {@link SegmentAppender.replace}. */
  replace(replacement: Replacement): Promise<void>;
  /** See {@link SegmentAppender.close}. */
  close(): Promise<Manifest | undefined>;
}

export type LogWriterFactory = (start: AppendStart) => LogWriter;
