import type { Manifest } from '../segments/manifest.ts';
import type { AppendStart, FramePosition, Replacement } from '../segments/segment-appender.ts';

/** Appends frames to the log, one at a time, and replaces the manifest. After one call rejects, every later call rejects. */
export interface LogWriter {
  /**
   * Resolves when the frame survives a crash of the machine. The writer owns the frame's ArrayBuffer until then and returns it with the
   * result, so that another thread can take the buffer over.
   */
  append(frame: Uint8Array<ArrayBuffer>): Promise<AppendedFrame>;
  /** See {@link SegmentAppender.beginSegment}. */
  beginSegment(): Promise<number>;
  /** See {@link SegmentAppender.reserveNumber}. */
  reserveNumber(): Promise<number>;
  /** See {@link SegmentAppender.replace}. */
  replace(replacement: Replacement): Promise<void>;
  /** See {@link SegmentAppender.close}. */
  close(): Promise<Manifest | undefined>;
}

/** The position of a durable frame, and the buffer that the frame was in. */
export interface AppendedFrame extends FramePosition {
  readonly buffer: ArrayBuffer;
}

export type LogWriterFactory = (start: AppendStart) => LogWriter;
