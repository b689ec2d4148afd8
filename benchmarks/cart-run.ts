import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { describeMachine } from './machine.ts';
import { modes, type Measurement, type Mode, type Task } from './measurement.ts';
import { findNode } from './node-executable.ts';
import { watchOthers } from './others-share.ts';
import { outputOptions, regionOf, toFormat, writeReport, type OutputFormat } from './output.ts';
import { formatReport, reportOf, type Round } from './report.ts';
import { runTask } from './run-task.ts';

const child = new URL('./child.js', import.meta.url);

interface CartOptions {
  readonly rounds: number;
  readonly events: number;
  readonly format: OutputFormat;
  readonly node: string | undefined;
  /** Folder for a CPU profile of every measurement. */
  readonly cpuProfile: string | undefined;
}

/** The options of `npm run bench -- cart`. */
export function readCartOptions(parameters: readonly string[]): CartOptions {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '5' },
      events: { type: 'string', default: '100000' },
      ...outputOptions,
      node: { type: 'string' },
      'cpu-profile': { type: 'string' },
    },
  });
  return {
    rounds: toCount('rounds', values.rounds),
    events: toCount('events', values.events),
    format: toFormat(values),
    node: values.node,
    cpuProfile: values['cpu-profile'] && resolve(values['cpu-profile']),
  };
}

/** The modes take turns, so that other work of the machine affects all of them. */
async function measureRounds(options: CartOptions, node: string, folder: string): Promise<readonly Round[]> {
  const { rounds, events, cpuProfile } = options;
  const measured: Round[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    const measurements: Partial<Record<Mode, Measurement>> = {};
    for (const mode of modes) {
      const task: Task = {
        mode,
        events,
        latencyMs: mode === 'durable' ? 3_000 : 0,
        folder,
        ...(cpuProfile === undefined ? {} : { cpuProfile: join(cpuProfile, `${mode}-${number}.cpuprofile`) }),
      };
      const measurement = await runTask<Measurement>(child, task, { name: mode, node });
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
  const options = readCartOptions(parameters);
  const node = findNode(options.node);
  if (node === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const machine = describeMachine(folder, node.version);
    const others = watchOthers();
    const rounds = await measureRounds(options, node.path, folder);
    const report = reportOf(machine, others(), rounds);
    writeReport(regionOf('cart', machine.node), report, options.format, formatReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
