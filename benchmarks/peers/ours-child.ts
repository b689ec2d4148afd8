/* Measures the engine, or the bare loop, with the events of a file, in a new process: see run-task.ts. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { defineApplication, runApplication, type ModuleDefinition } from 'statefun';
import { memoryIngress } from 'statefun/connectors';
import { BareLoop } from '../bare-loop.ts';
import { digestOf } from '../cart-digest.ts';
import { CartEgress } from '../cart-egress.ts';
import { CartContents } from '../cart-contents.ts';
import { feedEvenly, latencyOf } from '../latency.ts';
import { serveTask } from '../run-task.ts';
import { startStopwatch } from '../stopwatch.ts';
import { EventFile } from './event-file.ts';
import type { PeerMeasurement, PeerTask } from './peer.ts';

export interface OursTask extends PeerTask {
  readonly isBareLoop: boolean;
}

const cartModuleUrl = new URL('../../../examples/shopping-cart/dist/cart-module.js', import.meta.url);
const feedRecords = 5_000;
const rssBytesMax = (): number => process.resourceUsage().maxRSS * 1_024;

function measureBareLoop({ events: path, fill, warm, count }: PeerTask): PeerMeasurement {
  const events = new EventFile(path);
  const loop = new BareLoop();
  const handle = (from: number, to: number): void => {
    for (let index = from; index < to; index += 1) loop.handle(events.event(index));
  };
  const start = fill + warm;
  handle(0, start);
  const recordsBefore = loop.records;
  const stopwatch = startStopwatch();
  handle(start, start + count);
  return {
    ...stopwatch(),
    events: count,
    egressRecords: loop.records - recordsBefore,
    stateDigest: digestOf(events.cartIds(fill).map((id) => loop.items(id))),
    rssBytesMax: rssBytesMax(),
  };
}

async function measureEngine({ events: path, fill, warm, count, latencySeconds, folder }: PeerTask): Promise<PeerMeasurement> {
  const events = new EventFile(path);
  const ingress = memoryIngress();
  const egress = new CartEgress('example/cart-status');
  // The example is another package, built before this runs.
  const { cartModule } = (await import(cartModuleUrl.href)) as { cartModule: ModuleDefinition };
  const application = defineApplication({ name: 'bench', modules: [cartModule], ingress: [ingress], egress: [egress] });
  const running = await runApplication(application, { stateFolder: mkdtempSync(join(folder, 'state-')) });
  const feed = async (from: number, to: number): Promise<void> => {
    for (let start = from; start < to; start += feedRecords) await ingress.put(events.slice(start, Math.min(to, start + feedRecords)));
    await running.whenQuiet();
  };
  const start = fill + warm;
  await feed(0, start);
  const [invocationsBefore, recordsBefore] = [running.statistics().invocations, egress.records];
  const stopwatch = startStopwatch();
  await feed(start, start + count);
  const elapsed = stopwatch();
  const { invocations, deadLetters } = running.statistics();
  if (deadLetters > 0) throw new Error(`dead letters: ${running.deadLetters()[0]?.reason ?? ''}`);
  const carts = await Promise.all(events.cartIds(fill).map(async (id) => (await running.state('example/cart', id))['items']));
  const throughput = {
    ...elapsed,
    events: count,
    invocations: invocations - invocationsBefore,
    egressRecords: egress.records - recordsBefore,
    stateDigest: digestOf(carts),
    rssBytesMax: rssBytesMax(),
  };
  let latency = {};
  if (latencySeconds > 0) {
    const eventsPerSecond = (count / elapsed.durationMs) * 500;
    const first = start + count;
    const paced = events.slice(first, Math.min(events.count, first + Math.floor(eventsPerSecond * latencySeconds)));
    egress.kept = [];
    const dueMs = await feedEvenly(ingress, paced, eventsPerSecond);
    await running.whenQuiet();
    const contents = new CartContents();
    for (let index = 0; index < first; index += 1) contents.add(events.event(index));
    latency = { latency: { eventsPerSecond, ...latencyOf(egress.kept, paced, dueMs, contents) } };
  }
  await running.stop();
  return { ...throughput, ...latency };
}

serveTask<OursTask, PeerMeasurement>((task) => (task.isBareLoop ? measureBareLoop(task) : measureEngine(task)));
