import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { dirname } from 'node:path';
import type { ProfiledWork } from './profile.ts';
import { startStopwatch, threadCpuMs } from './stopwatch.ts';

/** Between two samples, in microseconds. Fewer make the process itself slower. */
const intervalMicros = 500;

/**
 * Profiles this thread until the function returned is called. That writes the profile in V8's format, with the number of events handled and the
 * processor time of all threads beside it. Without a path nothing is profiled.
 */
export async function startCpuProfile(path: string | undefined): Promise<(events: number) => Promise<void>> {
  if (path === undefined) return () => Promise.resolve();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: intervalMicros });
  await session.post('Profiler.start');
  const [stopwatch, threadBeforeMs] = [startStopwatch(), threadCpuMs()];
  return async (events) => {
    const [{ cpuMs }, threadAfterMs] = [stopwatch(), threadCpuMs()];
    const { profile } = await session.post('Profiler.stop');
    session.disconnect();
    const ofThread = threadBeforeMs === undefined || threadAfterMs === undefined ? {} : { threadCpuMs: threadAfterMs - threadBeforeMs };
    const work: ProfiledWork = { date: new Date().toISOString().slice(0, 10), node: process.version, events, cpuMs, ...ofThread };
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ ...profile, work }));
  };
}
