import { nodeDisk } from '../disk.ts';
import { SegmentReader, type ReadAnswer } from '../segments/segment-reader.ts';
import { serveThread } from './serve-thread.ts';

/** What the thread is started with. */
export interface ReaderStart {
  readonly segmentsFolder: string;
  readonly checksumSeed: number;
}

export type ReaderQuestion = { readonly read: Uint32Array<ArrayBuffer> } | { readonly forget: number };

const nothingRead: ReadAnswer = { bytes: new ArrayBuffer(0), spans: new Uint32Array(0), failures: [] };

serveThread<ReaderStart, ReaderQuestion, ReadAnswer>(({ segmentsFolder, checksumSeed }) => {
  const reader = new SegmentReader(nodeDisk, segmentsFolder, checksumSeed);
  return {
    answer(question) {
      if ('read' in question) return reader.read(question.read);
      reader.forget(question.forget);
      return nothingRead;
    },
    transferred: (answer) => (answer === nothingRead ? [] : [answer.bytes, answer.spans.buffer]),
    close: () => reader.close(),
  };
});
