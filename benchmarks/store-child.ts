/*
 * Measures one store in a new process.
 *
 * See run-task.ts. It needs `--expose-gc`.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitKeys, idOf, liveBytesPerKey, uniformIndexes, Values } from './store-data.ts';
import type { Overwrite, StartMeasurement, StoreTask, WorkMeasurement } from './store-measurement.ts';
import { serveTask } from './run-task.ts';
import { openSubject, type OpenSubject, type Pair } from './store-subjects.ts';

const committedKeys = 200_000;
/** A tenth of the committed keys is new, and stays: a store that only overwrites has less to do. */
const newKeyShare = 0.1;
const readKeys = 200_000;
/** Reads that are requested together, like those of addresses that become active together. */
const readsAtOnce = 500;
const spaceIntervalMs = 500;

async function work({ subject, keys, seconds, folder }: StoreTask): Promise<WorkMeasurement> {
  const store = await openSubject(subject, folder, keys);
  const values = new Values();
  const loadedPerSecond = await perSecond(keys, async () => {
    for (let start = 0; start < keys; start += commitKeys) {
      const count = Math.min(commitKeys, keys - start);
      await store.load(Array.from({ length: count }, (_, index): Pair => [idOf(start + index), values.next()]));
    }
  });
  const committed = await commitSome(store, keys, values);
  const readsPerSecond = await readSome(store, keys);
  const overwrite = await overwriteAll(store, { keys: keys + committed.newKeys, seconds, folder, values });
  await store.close();
  const { maxRSS } = process.resourceUsage();
  return { loadedPerSecond, committedPerSecond: committed.perSecond, readsPerSecond, overwrite, rssBytesMax: maxRSS * 1_024 };
}

async function perSecond(count: number, act: () => Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await act();
  return (count / (performance.now() - startedAtMs)) * 1_000;
}

async function commitSome(store: OpenSubject, keys: number, values: Values): Promise<{ perSecond: number; newKeys: number }> {
  const indexOf = uniformIndexes(keys);
  let newKeys = 0;
  // The values are created beforehand, so that only the store is measured.
  const commits = Array.from({ length: committedKeys / commitKeys }, () =>
    Array.from({ length: commitKeys }, (_, index): Pair => {
      const id = idOf(index < commitKeys * newKeyShare ? keys + newKeys++ : indexOf());
      return [id, values.next()];
    }),
  );
  const committedPerSecond = await perSecond(committedKeys, async () => {
    for (const pairs of commits) await store.commit(pairs);
  });
  return { perSecond: committedPerSecond, newKeys };
}

async function readSome(store: OpenSubject, keys: number): Promise<number> {
  const indexOf = uniformIndexes(keys);
  const count = Math.min(readKeys, keys);
  const batches = Array.from({ length: count / readsAtOnce }, () => Array.from({ length: readsAtOnce }, () => idOf(indexOf())));
  let found = 0;
  const readsPerSecond = await perSecond(batches.length * readsAtOnce, async () => {
    for (const ids of batches) found += await store.read(ids);
  });
  if (found !== batches.length * readsAtOnce) throw new Error(`${found} of ${batches.length * readsAtOnce} keys were found`);
  return readsPerSecond;
}

interface OverwriteOptions {
  readonly keys: number;
  readonly seconds: number;
  readonly folder: string;
  readonly values: Values;
}

async function overwriteAll(store: OpenSubject, { keys, seconds, folder, values }: OverwriteOptions): Promise<Overwrite> {
  const indexOf = uniformIndexes(keys);
  const firstMs = Math.min(10_000, (seconds * 1_000) / 3);
  const durationsMs: number[] = [];
  const firstDurationsMs: number[] = [];
  let [spaceMax, spaceAtMs] = [0, 0];
  const startedAtMs = performance.now();
  let [elapsedMs, firstEndedMs] = [0, 0];
  while (elapsedMs < seconds * 1_000) {
    const pairs = Array.from({ length: commitKeys }, (): Pair => [idOf(indexOf()), values.next()]);
    const commitAtMs = performance.now();
    await store.commit(pairs);
    const committedAtMs = performance.now();
    durationsMs.push(committedAtMs - commitAtMs);
    elapsedMs = committedAtMs - startedAtMs;
    if (elapsedMs <= firstMs || firstDurationsMs.length === 0) {
      firstDurationsMs.push(committedAtMs - commitAtMs);
      firstEndedMs = elapsedMs;
    }
    if (elapsedMs < spaceAtMs) continue;
    spaceAtMs = elapsedMs + spaceIntervalMs;
    spaceMax = Math.max(spaceMax, folderBytes(folder) / (keys * liveBytesPerKey));
  }
  return {
    firstPerSecond: (firstDurationsMs.length * commitKeys * 1_000) / firstEndedMs,
    perSecond: (durationsMs.length * commitKeys * 1_000) / elapsedMs,
    firstP99Ms: percentile(firstDurationsMs, 0.99),
    p99Ms: percentile(durationsMs, 0.99),
    maxMs: percentile(durationsMs, 1),
    spaceMax,
    spaceAtEnd: folderBytes(folder) / (keys * liveBytesPerKey),
    turns: (durationsMs.length * commitKeys) / keys,
  };
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}

function folderBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce((bytes, entry) => (entry.isFile() ? bytes + sizeOf(join(entry.parentPath, entry.name)) : bytes), 0);
}

/** Blocks that are used, and not the size that a sparse file claims; 0 for a file that was removed meanwhile. */
function sizeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

async function start({ subject, keys, folder }: StoreTask): Promise<StartMeasurement> {
  const before = memory();
  const startedAtMs = performance.now();
  const store = await openSubject(subject, folder, keys);
  const openMs = performance.now() - startedAtMs;
  const after = memory();
  const found = await store.read([idOf(0), idOf(keys - 1)]);
  if (found !== 2) throw new Error('the first and the last key were not found');
  await store.close();
  return { openMs, memoryBytesPerKey: (after.used - before.used) / keys, rssBytesPerKey: (after.rss - before.rss) / keys };
}

function memory(): { readonly used: number; readonly rss: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
}

serveTask<StoreTask, WorkMeasurement | StartMeasurement>((task) => (task.phase === 'work' ? work(task) : start(task)));
