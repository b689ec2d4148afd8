import { nodeDisk } from '../disk.ts';
import type { Manifest } from '../segments/manifest.ts';
import { SegmentAppender, type AppendStart, type Replacement } from '../segments/segment-appender.ts';
import { serveThread } from './serve-thread.ts';
import type { AppendedFrame } from './writer.ts';

export type WriterRequest =
  | { readonly kind: 'append'; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'begin' }
  | { readonly kind: 'reserve' }
  | { readonly kind: 'replace'; readonly replacement: Replacement }
  | { readonly kind: 'close' };

/** The kind of the request decides which field is set. */
export interface WriterResponse {
  readonly appended?: AppendedFrame;
  readonly number?: number;
  readonly manifest?: Manifest | undefined;
}

serveThread<AppendStart, WriterRequest, WriterResponse>((start) => {
  const appender = new SegmentAppender(start, nodeDisk);
  return {
    handle(request) {
      switch (request.kind) {
        case 'append':
          return { appended: { ...appender.append(request.frame), buffer: request.frame.buffer } };
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
    transferred: ({ appended }) => (appended === undefined ? [] : [appended.buffer]),
    close: () => void appender.close(),
  };
});
