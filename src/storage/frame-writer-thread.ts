import { parentPort, workerData } from 'node:worker_threads';
import { nodeDisk } from './disk.ts';
import { SegmentAppender, type AppendStart, type FramePosition } from './segment-appender.ts';
import type { AppendedFrame } from './frame-writer.ts';

/** What the writer's thread is asked. */
export type WriterRequest = { readonly frame: Uint8Array<ArrayBuffer> } | { readonly close: true };

/** What it answers; an error's code does not survive the way between threads, so it travels beside it. */
export type WriterAnswer = AppendedFrame | { readonly error: Error; readonly code: unknown };

// This file is the entry of a worker thread: only there is a parent, and only there does loading it do anything.
if (parentPort !== null) {
  const port = parentPort;
  // ThreadFrameWriter is the only one that starts this thread, and gives it these.
  const appender = new SegmentAppender(workerData as AppendStart, nodeDisk);
  port.on('message', (request: WriterRequest) => {
    if ('close' in request) {
      appender.close();
      port.close();
      return;
    }
    let position: FramePosition;
    try {
      position = appender.append(request.frame);
    } catch (thrown) {
      const error = thrown as NodeJS.ErrnoException; // a disk throws Errors
      port.postMessage({ error, code: error.code } satisfies WriterAnswer);
      return;
    }
    const { buffer } = request.frame;
    port.postMessage({ ...position, buffer } satisfies WriterAnswer, [buffer]);
  });
}
