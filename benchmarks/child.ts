/* Measures the shopping cart in one mode, in a new process: see run-task.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineApplication, runApplication, type ModuleDefinition, type RunningApplication } from 'statefun';
import { memoryIngress } from 'statefun/connectors';
import { MemoryStore } from 'statefun/storage';
import { measureAllocation } from './allocation.ts';
import { anewCartModule, type CartExample } from './anew-cart.ts';
import { BareLoop } from './bare-loop.ts';
import { CartContents } from './cart-contents.ts';
import { digestOf } from './cart-digest.ts';
import { CartEgress } from './cart-egress.ts';
import { cartCount, CartEvents, productCount, type GeneratedEvent } from './cart-events.ts';
import { startCpuProfile } from './cpu-profile.ts';
import { feedEvenly, latencyOf, measureAlone } from './latency.ts';
import type { Latency, Measurement, Mode, Task } from './measurement.ts';
import { serveTask } from './run-task.ts';
import { bytesWritten, startStopwatch } from './stopwatch.ts';

const exampleFolder = new URL('../../examples/shopping-cart/dist/', import.meta.url);
const egressId = 'example/cart-status';

/** Records that are pushed together: more than the engine takes ahead, so that it never waits for records. */
const feedRecords = 5_000;
/** Events of the phase that counts allocation. */
const allocationEvents = 20_000;
/** Events of the phase that measures the latency of an engine at rest. */
const eventsAlone = 1_000;

const bytesOf = (events: readonly GeneratedEvent[]): number => events.reduce((bytes, { data }) => bytes + data.byteLength, 0);

async function measureBareLoop({ mode, events: count, cpuProfile }: Task): Promise<Measurement> {
  const source = new CartEvents();
  const preload = source.preload();
  const events = source.take(count);
  const loop = new BareLoop();
  const handle = (given: readonly GeneratedEvent[]): void => {
    for (const event of given) loop.handle(event);
  };
  handle(preload);
  const [recordsBefore, bytesBefore] = [loop.records, loop.bytes];
  const writeProfile = await startCpuProfile(cpuProfile);
  const stopwatch = startStopwatch();
  handle(events);
  const elapsed = stopwatch();
  await writeProfile(count);
  const throughput = {
    ...elapsed,
    mode,
    events: count,
    eventBytes: bytesOf(events) / count,
    egressRecords: loop.records - recordsBefore,
    egressBytes: loop.bytes - bytesBefore,
    stateDigest: digestOf(source.cartIds.map((id) => loop.items(id))),
    rssBytesMax: process.resourceUsage().maxRSS * 1024,
  };
  const more = source.take(allocationEvents);
  return { ...throughput, allocatedBytesPerEvent: (await measureAllocation(() => handle(more))) / allocationEvents };
}

async function measureFramework({ mode, events: count, latencyMs, folder, cpuProfile }: Task): Promise<Measurement> {
  const source = new CartEvents();
  const preload = source.preload();
  const events = source.take(count);
  const ingress = memoryIngress();
  const egress = new CartEgress(egressId);
  const application = defineApplication({
    name: 'bench',
    modules: [await loadModule(mode)],
    ingress: [ingress],
    egress: [egress],
    engine: { limits: mode === 'durable-evicted' ? { liveAddressesMax: (cartCount + productCount) / 2 } : {} },
  });
  const stateFolder = mkdtempSync(join(folder, 'state-'));
  const running = await runApplication(application, mode === 'not-durable' ? { store: new MemoryStore() } : { stateFolder });
  const feed = async (records: readonly GeneratedEvent[]): Promise<void> => {
    for (let start = 0; start < records.length; start += feedRecords) await ingress.put(records.slice(start, start + feedRecords));
    await running.whenQuiet();
  };

  await feed(preload);
  const before = { statistics: running.statistics(), written: bytesWritten(), records: egress.records, bytes: egress.bytes };
  const writeProfile = await startCpuProfile(cpuProfile);
  const stopwatch = startStopwatch();
  await feed(events);
  const elapsed = stopwatch();
  await writeProfile(count);
  const written = bytesWritten();
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
    ...(written === undefined || before.written === undefined ? {} : { writtenBytes: written - before.written }),
  };
  const more = source.take(allocationEvents);
  const allocatedBytesPerEvent = (await measureAllocation(() => feed(more))) / allocationEvents;

  let latencies: { readonly latency?: Latency; readonly latencyAtRest?: Latency } = {};
  if (latencyMs > 0) {
    const eventsPerSecond = (count / elapsed.durationMs) * 500;
    const paced = source.take(Math.floor((eventsPerSecond * latencyMs) / 1_000));
    egress.kept = [];
    const dueMs = await feedEvenly(ingress, paced, eventsPerSecond);
    await running.whenQuiet();
    const contents = new CartContents();
    contents.addAll([...preload, ...events, ...more]);
    const latency = latencyOf(egress.kept, paced, dueMs, contents);
    const subject = { ingress, egress, contents, whenQuiet: () => running.whenQuiet() };
    latencies = { latency, latencyAtRest: await measureAlone(subject, source.take(eventsAlone)) };
  }
  await running.stop();
  rmSync(stateFolder, { recursive: true, force: true });
  return { ...throughput, allocatedBytesPerEvent, ...latencies };
}

/** The example is another package, built before this runs. */
async function loadModule(mode: Mode): Promise<ModuleDefinition> {
  const load = async (path: string): Promise<object> => (await import(new URL(path, exampleFolder).href)) as object;
  if (mode !== 'durable-anew') return ((await load('cart-module.js')) as { cartModule: ModuleDefinition }).cartModule;
  const paths = [
    'functions/product-function.js',
    'forwarders/product-events.js',
    'events/product-changed.js',
    'events/cart-product-changed.js',
    'events/cart-status-changed.js',
  ];
  // These files export what the interface names.
  const example = Object.assign({}, ...(await Promise.all(paths.map(load)))) as CartExample;
  return anewCartModule(example, egressId);
}

async function itemsOf(running: RunningApplication, cartId: string): Promise<unknown> {
  return (await running.state('example/cart', cartId))['items'];
}

serveTask<Task, Measurement>((task) => (task.mode === 'bare-loop' ? measureBareLoop(task) : measureFramework(task)));
