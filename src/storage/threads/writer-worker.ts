import { nodeDisk } from '../disk.ts';
import type { AppendedFrame } from './writer.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type Replacement } from '../segments/segment-appender.ts';
import { serveThread } from './serve-thread.ts';

export type WriterQuestion =
  | { readonly kind: 'append'; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'begin' }
  | { readonly kind: 'reserve' }
  | { readonly kind: 'replace'; readonly replacement: Replacement }
  | { readonly kind: 'close' };

/** What belongs to the kind of the question. */
export interface WriterAnswer {
  readonly appended?: AppendedFrame;
  readonly number?: number;
  readonly manifest?: Manifest | undefined;
}

serveThread<AppendStart, WriterQuestion, WriterAnswer>((start) => {
  const appender = new SegmentAppender(start, nodeDisk);
  return {
    answer(question) {
      switch (question.kind) {
        case 'append':
          return { appended: { ...appender.append(question.frame), buffer: question.frame.buffer } };
        case 'begin':
          return { number: appender.beginSegment() };
        case 'reserve':
          return { number: appender.reserveNumber() };
        case 'replace':
          appender.replace(question.replacement);
          return {};
        case 'close':
          return { manifest: appender.close() };
      }
    },
    transferred: ({ appended }) => (appended === undefined ? [] : [appended.buffer]),
    close: () => void appender.close(),
  };
});
