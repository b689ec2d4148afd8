import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { describeMachine } from './machine.ts';
import { modes, type Measurement, type Mode, type Task } from './measurement.ts';
import { formatReport, reportOf, type Round } from './report.ts';

const childPath = new URL('./child.js', import.meta.url).pathname;

interface Options {
  readonly rounds: number;
  readonly events: number;
  readonly json: boolean;
  /** Folder into which V8 writes a CPU profile of every measurement. */
  readonly cpuProfile: string | undefined;
}

function readOptions(parameters: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '5' },
      events: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      'cpu-profile': { type: 'string' },
    },
  });
  return {
    rounds: toCount('rounds', values.rounds),
    events: toCount('events', values.events),
    json: values.json,
    cpuProfile: values['cpu-profile'],
  };
}

function measure(task: Task, cpuProfile: string | undefined): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const execArgv = cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(cpuProfile, task.mode)}`];
    const env = { ...process.env, LOG_LEVEL: 'warn' };
    const child = fork(childPath, [JSON.stringify(task)], { execArgv, env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let measurement: Measurement | undefined;
    // The child sends nothing else.
    child.once('message', (message) => (measurement = message as Measurement));
    child.once('exit', (code, signal) => {
      if (measurement !== undefined && code === 0) resolve(measurement);
      else reject(new Error(`the measurement "${task.mode}" ended with ${String(code ?? signal)}`));
    });
  });
}

/** The modes take turns, so that other work of the machine affects all of them. */
async function measureRounds({ rounds, events, cpuProfile }: Options, folder: string): Promise<readonly Round[]> {
  const measured: Round[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    const measurements: Partial<Record<Mode, Measurement>> = {};
    for (const mode of modes) {
      const measurement = await measure({ mode, events, latencyMs: mode === 'durable' ? 3_000 : 0, folder }, cpuProfile);
      measurements[mode] = measurement;
      console.error(`round ${number} of ${rounds}, ${mode}: ${((events / measurement.durationMs) * 1_000).toFixed(0)} events/s`);
    }
    // Every mode has just been measured.
    measured.push(measurements as Round);
  }
  return measured;
}

/** The shopping cart on the engine; see BENCHMARKS.md. */
export async function runCart(parameters: readonly string[]): Promise<void> {
  const options = readOptions(parameters);
  if (options.cpuProfile !== undefined) mkdirSync(options.cpuProfile, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const report = reportOf(describeMachine(folder), await measureRounds(options, folder));
    console.log(options.json ? JSON.stringify(report, undefined, 2) : formatReport(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
