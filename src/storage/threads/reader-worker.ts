import { nodeDisk } from '../disk.ts';
import { SegmentReader, type ReaderStart, type ReadResult } from '../segments/segment-reader.ts';
import { serveThread } from './serve-thread.ts';

export type ReaderRequest = { readonly read: Uint32Array<ArrayBuffer> } | { readonly forget: number };

const nothingRead: ReadResult = { bytes: new ArrayBuffer(0), spans: new Uint32Array(0), failures: [] };

serveThread<ReaderStart, ReaderRequest, ReadResult>((start) => {
  const reader = new SegmentReader(start, nodeDisk);
  return {
    handle(request) {
      if ('read' in request) return reader.read(request.read);
      reader.forget(request.forget);
      return nothingRead;
    },
    transferred: (result) => (result === nothingRead ? [] : [result.bytes, result.spans.buffer]),
    close: () => reader.close(),
  };
});
