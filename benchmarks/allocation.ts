import { GCProfiler, getHeapStatistics } from 'node:v8';

/**
 * Runs the work and returns the bytes it allocated in the heap of this thread: what the heap has grown by, and what every collection has freed.
 * What other threads and buffers take is not in it.
 */
export async function measureAllocation(work: () => Promise<void> | void): Promise<number> {
  const profiler = new GCProfiler();
  const before = getHeapStatistics().used_heap_size;
  profiler.start();
  await work();
  const { statistics } = profiler.stop();
  const freed = statistics.reduce(
    (sum, { beforeGC, afterGC }) => sum + beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
    0,
  );
  return getHeapStatistics().used_heap_size - before + freed;
}
