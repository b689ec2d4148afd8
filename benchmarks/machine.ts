import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { formatRange, rangeOf, type Range } from './range.ts';

/** The machine that a benchmark ran on, and when; figures mean nothing without it. */
export interface Machine {
  /** `2026-11-28`. */
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpuCount: number;
  /** Processes that wanted a processor in the last minute, before the benchmark began. */
  readonly load: number;
  /** Duration of one append of 4 KB with its sync, in milliseconds, in the folder of the state. */
  readonly fdatasyncMs: Range;
}

/** `node` is the version of Node that runs the measurements. */
export function describeMachine(folder: string, node = process.version): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    node,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: availableParallelism(),
    load: loadavg()[0] ?? 0,
    fdatasyncMs: measureFdatasync(folder),
  };
}

/** From this share of the processors on, what other processes do shows in the figures. */
const loadedShareMin = 0.1;

/** Two lines about the machine, and one about others that used it meanwhile, if the system tells. */
export function formatMachine(machine: Machine, othersShare?: number): readonly string[] {
  const { date, cpuCount, cpu, platform, node, load, fdatasyncMs } = machine;
  return [
    `${date}, ${cpuCount} x ${cpu}, ${platform}, Node ${node}, load ${load.toFixed(1)} before the start`,
    `fdatasync of a 4 KB append: ${formatRange(fdatasyncMs, (value) => value.toFixed(2))} ms`,
    ...(othersShare === undefined
      ? []
      : [
          `${othersShare < loadedShareMin ? 'other' : 'UNDER LOAD: other'} processes used ${(othersShare * 100).toFixed(0)} % of the processors meanwhile`,
        ]),
  ];
}

const appends = 200;

function measureFdatasync(folder: string): Range {
  const path = join(folder, 'fdatasync');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4_096, 1);
  const durationsMs = Array.from({ length: appends }, () => {
    writeSync(file, block);
    const startMs = performance.now();
    fdatasyncSync(file);
    return performance.now() - startMs;
  });
  closeSync(file);
  rmSync(path);
  return rangeOf(durationsMs);
}
