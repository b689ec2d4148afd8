/*
 * Measures one row of the cost table in a new process: see run-task.ts.
 *
 * Records are made in chunks while the clock stands still. Every chunk is fed and waited for, until everything it led to is committed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defineApplication, runApplication } from 'statefun';
import { memoryIngress } from 'statefun/connectors';
import { CountingEgress } from '../counting-egress.ts';
import { startCpuProfile } from '../cpu-profile.ts';
import { serveTask } from '../run-task.ts';
import { bytesWritten, startStopwatch } from '../stopwatch.ts';
import type { CostMeasurement, CostTask } from './measurement.ts';
import type { Row } from './rows.ts';
import { WorkRecords, type WorkRecord } from './work-records.ts';
import { behave, forwarders, functions, waiting, workEgress } from './workload.ts';

/** A chunk takes at least so long: shorter ones would measure the wait for the last commit. */
const chunkMsMin = 400;
/** Records of one chunk are in memory together. */
const chunkBytesMax = 64 * 1024 * 1024;
/** Events that are not measured, for V8 to compile what runs often; fewer where they take longer than a chunk. */
const warmUpEvents = 20_000;
const feedRecords = 5_000;
/** Time between two looks at handlers that still wait. */
const pollMs = 5;

async function measure({ row, durationMs, folder, cpuProfile }: CostTask): Promise<CostMeasurement> {
  behave(row);
  const records = new WorkRecords(row);
  const ingress = memoryIngress();
  const egress = new CountingEgress(workEgress);
  const { pendingMessagesMax } = row;
  const limits = pendingMessagesMax === undefined ? {} : { pendingMessagesMax };
  const application = defineApplication({
    name: 'bench',
    functions,
    forwarders,
    ingress: [ingress],
    egress: [egress],
    engine: { limits },
  });
  const stateFolder = mkdtempSync(join(folder, 'state-'));
  const running = await runApplication(application, { stateFolder });
  const feed = async (chunk: readonly WorkRecord[]): Promise<void> => {
    for (let start = 0; start < chunk.length; start += feedRecords) await ingress.put(chunk.slice(start, start + feedRecords));
    await running.whenQuiet();
    // It waits for handlers that await something outside for a second only.
    while (waiting.now > 0) {
      await delay(pollMs);
      await running.whenQuiet();
    }
  };

  const filling = startStopwatch();
  await feed(records.fill());
  const fillMs = filling().durationMs;
  const chunkEvents = await warmUp(records, feed, row);

  const before = { invocations: running.statistics().invocations, written: bytesWritten(), egress: egress.records };
  const writeProfile = await startCpuProfile(cpuProfile);
  let [events, elapsedMs, cpuMs] = [0, 0, 0];
  while (elapsedMs < durationMs) {
    const chunk = records.take(chunkEvents);
    const stopwatch = startStopwatch();
    await feed(chunk);
    const elapsed = stopwatch();
    events += chunk.length;
    elapsedMs += elapsed.durationMs;
    cpuMs += elapsed.cpuMs;
  }
  await writeProfile(events);
  const after = running.statistics();
  const written = bytesWritten();
  const measurement: CostMeasurement = {
    events,
    invocations: after.invocations - before.invocations,
    durationMs: elapsedMs,
    cpuMs,
    writtenBytes: written === undefined || before.written === undefined ? undefined : written - before.written,
    rssBytesMax: process.resourceUsage().maxRSS * 1_024,
    waitingMax: waiting.max,
    fillMs,
  };
  if (after.deadLetters > 0) throw new Error(`dead letters: ${running.deadLetters()[0]?.reason ?? ''}`);
  const expected = events * (1 + row.fanOut);
  if (measurement.invocations !== expected) throw new Error(`${measurement.invocations} invocations, not ${expected}`);
  if (egress.records - before.egress !== (row.egress ? events : 0)) throw new Error(`${egress.records - before.egress} egress records`);
  await running.stop();
  rmSync(stateFolder, { recursive: true, force: true });
  return measurement;
}

/** Doubles the chunks until one takes long enough, and returns how many events that one has. */
async function warmUp(
  records: WorkRecords,
  feed: (chunk: readonly WorkRecord[]) => Promise<void>,
  { eventBytes, chunkEventsMin = 100 }: Row,
): Promise<number> {
  const chunkEventsMax = Math.floor(chunkBytesMax / eventBytes);
  let warm = 0;
  for (let count = Math.min(chunkEventsMin, chunkEventsMax); ; count = Math.min(count * 2, chunkEventsMax)) {
    const chunk = records.take(count);
    const stopwatch = startStopwatch();
    await feed(chunk);
    const { durationMs } = stopwatch();
    warm += count;
    const isWarm = warm >= warmUpEvents || durationMs > 2 * chunkMsMin;
    if (isWarm && (durationMs >= chunkMsMin || count === chunkEventsMax)) return count;
  }
}

serveTask(measure);
