import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from 'statefun/testing';
import { CutProxy } from './cut-proxy.ts';
import { heldExitCode, lostExitCode, stoppedExitCode } from './leased-protocol.ts';

export interface TwoEnginesOptions {
  readonly parent: string;
  readonly number: number;
  readonly seed: number;
  readonly endpoint: string;
  readonly bucket: string;
}

const leaseMs = 1_000;

/** Longest time that a process may take for anything, in milliseconds: longer means that it hangs. */
const msMax = 60_000;

const childPath = new URL('./leased-child.js', import.meta.url).pathname;

/**
 * Two engines on two machines with the same checkpoints. The first one is stopped by the system, or cut off from the storage, for longer than its
 * lease. The second one takes over. From then on the first one begins no send, whatever happens, and ends when it finds out.
 */
export async function runTwoEngines({ parent, number, seed, endpoint, bucket }: TwoEnginesOptions): Promise<readonly string[]> {
  const random = new SeededRandom(seed * 104_729 + number);
  const folder = join(parent, `two-engines-${number}`);
  mkdirSync(folder);
  const proxy = await CutProxy.start(endpoint);
  const settingsBy = (via: string): string[] => [
    `checkpoints.to=s3://${bucket}/two-engines-${seed}-${number}`,
    `checkpoints.s3.endpoint=${via}`,
    `checkpoints.lease=${leaseMs}ms`,
    'checkpoints.interval=1s',
  ];
  const first = new Engine(folder, 'first', settingsBy(proxy.endpoint));
  let second: Engine | undefined;
  try {
    await first.told('sent');
    await sleep(random.next() * 1_500);
    const problems: string[] = [];
    if (number % 4 === 0) problems.push(...(await refuses(new Engine(folder, 'third', settingsBy(endpoint)))));
    const how = number % 2 === 0 ? 'stopped' : 'cut off';
    if (how === 'stopped') first.process.kill('SIGSTOP');
    else proxy.cut();
    second = new Engine(folder, 'second', settingsBy(endpoint));
    await second.told('sent');
    await goesOn(first, proxy, random);
    const ended = await first.ended;
    if (ended !== lostExitCode)
      problems.push(`the engine that was ${how} ended with ${String(ended)}, not by losing its lease:\n${first.output}`);
    problems.push(...compareLogs(folder));
    second.process.send('stop');
    const last = await second.ended;
    if (last !== stoppedExitCode) problems.push(`the second engine ended with ${String(last)}:\n${second.output}`);
    if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
    return problems.map((problem) => `${how}: ${problem}`);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    first.process.kill('SIGKILL');
    second?.process.kill('SIGKILL');
    proxy.stop();
  }
}

/** Lets the first engine go on, some time after the second one has begun. */
async function goesOn(first: Engine, proxy: CutProxy, random: SeededRandom): Promise<void> {
  await sleep(random.next() * 500);
  proxy.heal();
  first.process.kill('SIGCONT');
}

/** While the lease is renewed, an engine on a third machine is refused. */
async function refuses(third: Engine): Promise<string[]> {
  const ended = await third.ended;
  return ended === heldExitCode ? [] : [`an engine that began beside a living one ended with ${String(ended)}:\n${third.output}`];
}

function compareLogs(folder: string): string[] {
  const read = (name: string): { readonly at: bigint; readonly word: string }[] => {
    const path = join(folder, `${name}.log`);
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
    return lines.map((line) => ({ at: BigInt(line.split(' ')[0] ?? '0'), word: line.split(' ')[1] ?? '' }));
  };
  const [first, second] = [read('first'), read('second')];
  const begun = second.find(({ word }) => word === 'held')?.at ?? 0n;
  const sends = first.filter(({ word }) => word === 'send');
  const late = sends.filter(({ at }) => at > begun);
  return [
    ...(begun === 0n ? ['the second engine never held the lease'] : []),
    ...(sends.length === 0 ? ['the first engine sent nothing at all'] : []),
    ...(second.some(({ word }) => word === 'send') ? [] : ['the second engine sent nothing']),
    ...(late.length === 0 ? [] : [`the first engine began ${late.length} sends after the second one held the lease`]),
  ];
}

class Engine {
  readonly process: ChildProcess;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | string | null>;
  output = '';

  constructor(folder: string, name: string, settings: readonly string[]) {
    const child = fork(childPath, [folder, name, ...settings], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const watchdog = setTimeout(() => child.kill('SIGKILL'), msMax);
    this.ended = new Promise((resolve) =>
      child.once('close', (code, signal) => {
        clearTimeout(watchdog);
        resolve(code ?? signal);
      }),
    );
  }

  /** Resolves when the engine has told this word. Rejects when it ends before. */
  told(word: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.process.on('message', (message) => {
        if (message === word) resolve();
      });
      void this.ended.then((end) => reject(new Error(`an engine ended with ${String(end)} before it had ${word}:\n${this.output}`)));
    });
  }
}
