import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { rangeOf, type Range } from './range.ts';

/** The machine that a benchmark ran on; figures mean nothing without it. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpuCount: number;
  /** Processes that wanted a processor in the last minute, before the benchmark began. */
  readonly load: number;
  /** Duration of one append of 4 KB with its sync, in milliseconds, in the folder of the state. */
  readonly fdatasyncMs: Range;
}

export function describeMachine(folder: string): Machine {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpuCount: availableParallelism(),
    load: loadavg()[0] ?? 0,
    fdatasyncMs: measureFdatasync(folder),
  };
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
