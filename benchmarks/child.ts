/*
 * One measurement in a new process, so that heap and compiled code are new, too.
 *
 *   fork(child.js, [JSON of a Task])      sends a Measurement
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { defineApplication, runApplication, type ModuleDefinition, type RunningApplication } from 'statefun';
import { memoryIngress } from 'statefun/connectors';
import { MemoryStore } from 'statefun/storage';
import { BareLoop } from './bare-loop.ts';
import { CartEgress } from './cart-egress.ts';
import { CartEvents, type GeneratedEvent } from './cart-events.ts';
import { feedEvenly, latencyOf } from './latency.ts';
import type { Latency, Measurement, Task } from './measurement.ts';

const cartModuleUrl = new URL('../../examples/shopping-cart/dist/cart-module.js', import.meta.url);
const egressId = 'example/cart-status';

/** Records that are pushed together: more than the engine takes ahead, so that it never waits for records. */
const feedRecords = 5_000;

const bytesOf = (events: readonly GeneratedEvent[]): number => events.reduce((bytes, { data }) => bytes + data.byteLength, 0);

function startStopwatch(): () => { durationMs: number; cpuMs: number } {
  const [startMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    return { durationMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
  };
}

function measureBareLoop({ mode, events: count }: Task): Measurement {
  const source = new CartEvents();
  const preload = source.preload();
  const events = source.take(count);
  const loop = new BareLoop();
  for (const event of preload) loop.handle(event);
  const [recordsBefore, bytesBefore] = [loop.records, loop.bytes];
  const stopwatch = startStopwatch();
  for (const event of events) loop.handle(event);
  return {
    ...stopwatch(),
    mode,
    events: count,
    eventBytes: bytesOf(events) / count,
    egressRecords: loop.records - recordsBefore,
    egressBytes: loop.bytes - bytesBefore,
    stateDigest: digestOf(source.cartIds.map((id) => loop.items(id))),
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
  };
}

async function measureFramework({ mode, events: count, latencyMs, folder }: Task): Promise<Measurement> {
  const source = new CartEvents();
  const preload = source.preload();
  const events = source.take(count);
  const ingress = memoryIngress();
  const egress = new CartEgress(egressId);
  // The example is another package, built before this runs. Only its module is used.
  const { cartModule } = (await import(cartModuleUrl.href)) as { cartModule: ModuleDefinition };
  const application = defineApplication({ name: 'bench', modules: [cartModule], ingress: [ingress], egress: [egress] });
  const stateFolder = mkdtempSync(join(folder, 'state-'));
  const running = await runApplication(application, mode === 'durable' ? { stateFolder } : { store: new MemoryStore() });
  const feed = async (records: readonly GeneratedEvent[]): Promise<void> => {
    for (let start = 0; start < records.length; start += feedRecords) await ingress.put(records.slice(start, start + feedRecords));
    await running.whenQuiet();
  };

  await feed(preload);
  const before = { statistics: running.statistics(), folderBytes: folderBytes(stateFolder), records: egress.records, bytes: egress.bytes };
  const stopwatch = startStopwatch();
  await feed(events);
  const elapsed = stopwatch();
  const statistics = running.statistics();
  if (statistics.deadLetters > 0) throw new Error(`dead letters: ${running.deadLetters()[0]?.reason ?? ''}`);
  const throughput = {
    mode,
    events: count,
    eventBytes: bytesOf(events) / count,
    ...elapsed,
    egressRecords: egress.records - before.records,
    egressBytes: egress.bytes - before.bytes,
    stateDigest: digestOf(await Promise.all(source.cartIds.map((id) => itemsOf(running, id)))),
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
    invocations: statistics.invocations - before.statistics.invocations,
    commits: statistics.commits - before.statistics.commits,
    writtenBytes: folderBytes(stateFolder) - before.folderBytes,
  };

  let latency: Latency | undefined;
  if (latencyMs > 0) {
    const eventsPerSecond = (count / elapsed.durationMs) * 500;
    const firstNumber = source.nextNumber;
    const paced = source.take(Math.floor((eventsPerSecond * latencyMs) / 1_000));
    egress.kept = [];
    const dueMs = await feedEvenly(ingress, paced, eventsPerSecond);
    await running.whenQuiet();
    latency = latencyOf(egress.kept, dueMs, firstNumber, eventsPerSecond);
  }
  await running.stop();
  rmSync(stateFolder, { recursive: true, force: true });
  return latency === undefined ? throughput : { ...throughput, latency };
}

async function itemsOf(running: RunningApplication, cartId: string): Promise<unknown> {
  return (await running.state('example/cart', cartId))['items'];
}

/** Digest of the items of every cart, sorted by product: the order in which a cart got its items does not count. */
function digestOf(carts: readonly unknown[]): string {
  const sorted = carts.map((items) => Object.entries(items ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return crc32(JSON.stringify(sorted)).toString(16);
}

function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce((bytes, entry) => (entry.isFile() ? bytes + statSync(join(entry.parentPath, entry.name)).size : bytes), 0);
}

async function main(): Promise<void> {
  // The parent writes it.
  const task = JSON.parse(process.argv[2] ?? '') as Task;
  const measurement = task.mode === 'bare-loop' ? measureBareLoop(task) : await measureFramework(task);
  process.send?.(measurement, () => process.disconnect());
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
