import { nodeDisk } from './disk.ts';
import { SegmentCopier, type CopierStart, type CopyTask } from './segment-copier.ts';
import { serveThread } from './serve-thread.ts';

export type CopierQuestion =
  | { readonly kind: 'begin'; readonly task: CopyTask }
  | { readonly kind: 'next'; readonly delayMs: number }
  | { readonly kind: 'keep'; readonly kept: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'finish' }
  | { readonly kind: 'abandon' }
  | { readonly kind: 'remove'; readonly segments: readonly number[] };

/** Candidates or offsets, where the question asks for them; how many bytes the segment has, when it is finished. */
export interface CopierAnswer {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly bytes: number;
}

const nothing = { words: new Uint32Array(0), bytes: 0 };

serveThread<CopierStart, CopierQuestion, CopierAnswer>((start) => {
  const copier = new SegmentCopier(start, nodeDisk);
  return {
    answer(question) {
      switch (question.kind) {
        case 'begin':
          copier.begin(question.task);
          return nothing;
        case 'next':
          // Waiting here leaves the disk to commits, and nobody waits for this thread.
          if (question.delayMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, question.delayMs);
          return { words: copier.next(), bytes: 0 };
        case 'keep':
          return { words: copier.keep(question.kept), bytes: 0 };
        case 'finish':
          return { words: nothing.words, bytes: copier.finish() };
        case 'abandon':
          copier.abandon();
          return nothing;
        case 'remove':
          copier.remove(question.segments);
          return nothing;
      }
    },
    transferred: ({ words }) => (words === nothing.words ? [] : [words.buffer]),
    close: () => copier.abandon(),
  };
});
