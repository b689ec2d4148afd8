import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from 'statefun/testing';
import { stoppedExitCode } from './child-protocol.ts';

/** When in the life of a process it is killed. */
export type Phase = 'opening' | 'working' | 'stopping' | 'frozen';

export const phases: readonly Phase[] = ['opening', 'working', 'stopping', 'frozen'];

/** One death: the phase, and how long into it, in milliseconds. */
export interface Kill {
  readonly phase: Phase;
  readonly afterMs: number;
  /** `stopping`: how long the graceful stop may run. `frozen`: how often and how long the process is frozen before. */
  readonly pausesMs: readonly number[];
}

export type End = { readonly end: 'done' | 'stopped' } | { readonly end: 'killed'; readonly phase: Phase };

const childPath = new URL('./child.js', import.meta.url).pathname;

/** The longest a process may live without coming to any end, 2 min: then it hangs, which is a failure. */
const lifeMsMax = 120_000;

/** Instants of every kind: soon after the start and later, in the middle of opening, of stopping, and of a commit that was frozen. */
export function planKill(random: SeededRandom, workMsMax: number): Kill {
  const kind = random.next();
  if (kind < 0.2) return { phase: 'opening', afterMs: random.next() * 60, pausesMs: [] };
  // Most commits and rolls of segments happen in the first milliseconds, when the work of the last process is finished.
  const afterMs = random.next() < 0.3 ? random.next() * 15 : random.next() * workMsMax;
  if (kind < 0.3) return { phase: 'stopping', afterMs, pausesMs: [random.next() * random.next() * 250] };
  if (kind < 0.4)
    return { phase: 'frozen', afterMs: afterMs / 4, pausesMs: Array.from({ length: 1 + random.below(8) }, () => random.next() * 12) };
  return { phase: 'working', afterMs, pausesMs: [] };
}

/** Runs the process of a folder once, and kills it as planned if it has not ended by then. */
export async function runOnce(folder: string, kill?: Kill): Promise<End> {
  const child = fork(childPath, [folder], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, LOG_LEVEL: 'silent' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  let hangs = false;
  const watchdog = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, lifeMsMax);
  if (kill !== undefined) child.on('message', (message) => void killAsPlanned(child, kill, message));
  const { code, signal } = await ended;
  clearTimeout(watchdog);
  if (hangs) throw new Error(`the process has not ended in ${lifeMsMax} ms:\n${output}`);
  if (signal === 'SIGKILL' && kill !== undefined) return { end: 'killed', phase: kill.phase };
  if (code === 0) return { end: 'done' };
  if (code === stoppedExitCode && kill?.phase === 'stopping') return { end: 'stopped' };
  throw new Error(`the process ended with ${code ?? signal}:\n${output}`);
}

async function killAsPlanned(child: ChildProcess, { phase, afterMs, pausesMs }: Kill, message: unknown): Promise<void> {
  if (message !== (phase === 'opening' ? 'opening' : 'started')) return;
  await sleep(afterMs);
  if (phase === 'stopping' && child.connected) child.send('stop', () => undefined);
  for (const pauseMs of pausesMs) {
    if (phase === 'frozen') child.kill('SIGSTOP');
    await sleep(pauseMs);
    // What is frozen last stays frozen until it is dead.
    if (phase === 'frozen' && pauseMs !== pausesMs.at(-1)) {
      child.kill('SIGCONT');
      await sleep(pauseMs / 4);
    }
  }
  child.kill('SIGKILL');
}
