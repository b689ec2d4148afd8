import { readFileSync } from 'node:fs';

export interface Elapsed {
  readonly durationMs: number;
  /** Processor time of all threads of the process, in milliseconds. */
  readonly cpuMs: number;
}

export function startStopwatch(): () => Elapsed {
  const [startMs, cpuBefore] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    return { durationMs: performance.now() - startMs, cpuMs: (user + system) / 1_000 };
  };
}

/** Bytes that the process has passed to write calls so far; undefined where the system does not count them. */
export function bytesWritten(): number | undefined {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN);
  } catch {
    // Only Linux has this file.
    return undefined;
  }
}
