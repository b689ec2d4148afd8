/* A thread that says when events are due: it sends their indexes. Its waits take no time of the engine's thread. */
import { parentPort, workerData } from 'node:worker_threads';

export interface FeedPlan {
  readonly events: number;
  readonly intervalMs: number;
  /** When the first event is due, on the clock of `process.hrtime`. */
  readonly startNs: bigint;
}

// The thread that starts this one writes it.
const { events, intervalMs, startNs } = workerData as FeedPlan;
const nothing = new Int32Array(new SharedArrayBuffer(4));

for (let index = 0; index < events; index += 1) {
  const waitMs = index * intervalMs - Number(process.hrtime.bigint() - startNs) / 1_000_000;
  if (waitMs > 0) Atomics.wait(nothing, 0, 0, waitMs);
  parentPort?.postMessage(index);
}
