import { assertInvariant } from '../../shared/errors.ts';
import { nodeDisk } from '../disk.ts';
import { FrameSeal, type UnsealedFrame } from '../format/unsealed-frame.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type FramePosition, type Replacement } from '../segments/segment-appender.ts';
import { serveThread } from './serve-thread.ts';

/** The memory in which frames are encoded. */
type FrameMemory = Pick<UnsealedFrame, 'area' | 'marks'>;

export type WriterRequest =
  | {
      readonly kind: 'append';
      readonly byteLength: number;
      readonly entries: number;
      /** Set when the frame, and the frames after it, are in other memory than the frame before. */
      readonly memory: FrameMemory | undefined;
    }
  | { readonly kind: 'begin' }
  | { readonly kind: 'reserve' }
  | { readonly kind: 'replace'; readonly replacement: Replacement }
  | { readonly kind: 'close' };

/** The kind of the request decides which field is set. */
export interface WriterResponse {
  readonly appended?: FramePosition;
  readonly number?: number;
  readonly manifest?: Manifest | undefined;
}

serveThread<AppendStart, WriterRequest, WriterResponse>((start) => {
  const appender = new SegmentAppender(start, nodeDisk);
  const seal = new FrameSeal(start.storeId);
  let memory: FrameMemory | undefined;
  const append = ({ byteLength, entries }: Pick<UnsealedFrame, 'byteLength' | 'entries'>): FramePosition => {
    assertInvariant(memory !== undefined, 'the log writer knows the memory of a frame');
    return appender.append(seal.seal({ ...memory, byteLength, entries }));
  };
  return {
    handle(request) {
      switch (request.kind) {
        case 'append':
          memory = request.memory ?? memory;
          return { appended: append(request) };
        case 'begin':
          return { number: appender.beginSegment() };
        case 'reserve':
          return { number: appender.reserveNumber() };
        case 'replace':
          appender.replace(request.replacement);
          return {};
        case 'close':
          return { manifest: appender.close() };
      }
    },
    transferred: () => [],
    close: () => void appender.close(),
  };
});
