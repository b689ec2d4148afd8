import { nodeDisk } from '../disk.ts';
import { SegmentCopier, type Advance, type CopierStart, type CopyTask } from '../segments/segment-copier.ts';
import { serveThread } from './serve-thread.ts';

export type CopierRequest =
  | { readonly kind: 'begin'; readonly task: CopyTask }
  | { readonly kind: 'advance'; readonly kept: Uint8Array<ArrayBuffer>; readonly delayMs: number }
  | { readonly kind: 'finish' }
  | { readonly kind: 'abandon' }
  | { readonly kind: 'remove'; readonly segments: readonly number[] };

/** The kind of the request decides which field is set. */
export interface CopierResponse {
  readonly advance?: Advance;
  /** Size of the finished segment. */
  readonly bytes?: number;
}

serveThread<CopierStart, CopierRequest, CopierResponse>((start) => {
  const copier = new SegmentCopier(start, nodeDisk);
  return {
    handle(request) {
      switch (request.kind) {
        case 'begin':
          copier.begin(request.task);
          return {};
        case 'advance':
          // Waiting here leaves the disk to commits, and blocks nothing but this thread.
          if (request.delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, request.delayMs);
          // The response leaves before the next entries are read.
          setImmediate(() => copier.readAhead());
          return { advance: copier.advance(request.kept) };
        case 'finish':
          return { bytes: copier.finish() };
        case 'abandon':
          copier.abandon();
          return {};
        case 'remove':
          copier.remove(request.segments);
          return {};
      }
    },
    transferred: ({ advance }) => (advance === undefined ? [] : [advance.placed.buffer, advance.candidates.buffer]),
    close: () => copier.abandon(),
  };
});
