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
  const text = readIfThere('/proc/self/io');
  return text === undefined ? undefined : Number(/^wchar: (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
}

/** The kernel counts processor time in hundredths of a second. */
const tickMs = 10;

/** Processor time of the main thread so far, in milliseconds; undefined where the system does not tell. */
export function threadCpuMs(): number | undefined {
  const text = readIfThere(`/proc/self/task/${process.pid}/stat`);
  if (text === undefined) return undefined;
  // The name, in parentheses, may hold spaces. After it: the state, then 10 numbers, then the times in user and system mode.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Only Linux has these files. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
