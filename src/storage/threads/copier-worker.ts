import { nodeDisk } from '../disk.ts';
import { SegmentCopier, type Advance, type CopierStart, type CopyTask } from '../segments/segment-copier.ts';
import { serveThread } from './serve-thread.ts';

export type CopierQuestion =
  | { readonly kind: 'begin'; readonly task: CopyTask }
  | { readonly kind: 'advance'; readonly kept: Uint8Array<ArrayBuffer>; readonly delayMs: number }
  | { readonly kind: 'finish' }
  | { readonly kind: 'abandon' }
  | { readonly kind: 'remove'; readonly segments: readonly number[] };

/** What belongs to the kind of the question. */
export interface CopierAnswer {
  readonly advance?: Advance;
  /** How many bytes the segment has, when it is finished. */
  readonly bytes?: number;
}

serveThread<CopierStart, CopierQuestion, CopierAnswer>((start) => {
  const copier = new SegmentCopier(start, nodeDisk);
  return {
    answer(question) {
      switch (question.kind) {
        case 'begin':
          copier.begin(question.task);
          return {};
        case 'advance':
          // Waiting here leaves the disk to commits, and nobody waits for this thread.
          if (question.delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, question.delayMs);
          // The answer is on its way before the next entries are read.
          setImmediate(() => copier.readAhead());
          return { advance: copier.advance(question.kept) };
        case 'finish':
          return { bytes: copier.finish() };
        case 'abandon':
          copier.abandon();
          return {};
        case 'remove':
          copier.remove(question.segments);
          return {};
      }
    },
    transferred: ({ advance }) => (advance === undefined ? [] : [advance.placed.buffer, advance.candidates.buffer]),
    close: () => copier.abandon(),
  };
});
