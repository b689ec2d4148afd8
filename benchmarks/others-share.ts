import { readFileSync } from 'node:fs';

/** Ticks of the processors since the machine started. */
interface Ticks {
  readonly busy: number;
  readonly all: number;
  /** Those of this process and of its children that have ended. */
  readonly own: number;
}

/**
 * Watches how much of the processors other processes use. The function returned gives their share since the start, from 0 to 1; undefined where
 * the system does not tell. It counts children of this process as its own once they have ended.
 */
export function watchOthers(): () => number | undefined {
  const before = readTicks();
  return () => {
    const after = readTicks();
    if (before === undefined || after === undefined || after.all === before.all) return undefined;
    return Math.max(0, (after.busy - before.busy - (after.own - before.own)) / (after.all - before.all));
  };
}

function readTicks(): Ticks | undefined {
  try {
    return ticksIn(readFileSync('/proc/stat', 'utf8'), readFileSync('/proc/self/stat', 'utf8'));
  } catch {
    // Only Linux has these files.
    return undefined;
  }
}

/** `machine` begins with `cpu  user nice system idle iowait irq softirq steal`; `self` is `pid (name) state …` with utime as its 14th field. */
export function ticksIn(machine: string, self: string): Ticks {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = (machine.split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq;
  // The name may hold spaces and parentheses.
  const fields = self.slice(self.lastIndexOf(')') + 2).split(' ');
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { busy, all: busy + idle + iowait + steal, own };
}
