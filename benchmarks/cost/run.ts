import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from '../count.ts';
import { describeMachine } from '../machine.ts';
import { findNode, type NodeExecutable } from '../node-executable.ts';
import { watchOthers } from '../others-share.ts';
import { outputOptions, toFormat, writeReport, type OutputFormat } from '../output.ts';
import { formatNumber } from '../range.ts';
import { runTask } from '../run-task.ts';
import type { CostMeasurement, CostTask } from './measurement.ts';
import { formatCostReport, type CostReport, type MeasuredRow } from './report.ts';
import { groups, rows, type Row } from './rows.ts';

const child = new URL('./child.js', import.meta.url);

export interface CostOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly format: OutputFormat;
  readonly node: string | undefined;
  readonly cpuProfile: string | undefined;
}

/** The options of `npm run bench -- cost`. Throws for a group that does not exist. */
export function readCostOptions(parameters: readonly string[]): CostOptions {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string', multiple: true },
      full: { type: 'boolean', default: false },
      ...outputOptions,
      node: { type: 'string' },
      'cpu-profile': { type: 'string' },
    },
  });
  const { full, only, node } = values;
  return {
    rounds: toCount('rounds', values.rounds ?? (full ? '3' : '1')),
    seconds: toCount('seconds', values.seconds ?? (full ? '10' : '3')),
    rows: selectRows(only, full),
    format: toFormat(values),
    node,
    cpuProfile: values['cpu-profile'] && resolve(values['cpu-profile']),
  };
}

/** `only` holds groups, or a group and a row: `addresses`, `state=1 MB`. */
function selectRows(only: readonly string[] | undefined, full: boolean): readonly Row[] {
  const offered = rows.filter(({ isLong }) => full || !isLong);
  if (only === undefined) return offered;
  return only.flatMap((selection) => {
    const [group, name] = selection.split('=', 2);
    const selected = offered.filter((row) => row.group === group && (name === undefined || row.name === name));
    if (selected.length === 0) throw new Error(`--only is a group, or group=row; there is no "${selection}" in: ${namesOf(offered)}`);
    return selected;
  });
}

function namesOf(offered: readonly Row[]): string {
  return groups
    .map((group) => {
      const names = offered.filter((row) => row.group === group).map(({ name }) => name);
      return `${group} (${names.join(', ')})`;
    })
    .join(', ');
}

/** What the engine costs as addresses, events, messages and state grow; see BENCHMARKS.md. */
export async function runCost(parameters: readonly string[]): Promise<void> {
  const options = readCostOptions(parameters);
  const node = findNode(options.node);
  if (node === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const machine = describeMachine(folder, node.version);
    const others = watchOthers();
    const measured = await measureRows(options, node, folder);
    const report: CostReport = { machine, othersShare: others(), rounds: options.rounds, rows: measured };
    writeReport('cost', report, options.format, formatCostReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A round measures every row once, so that other work of the machine affects all of them. */
async function measureRows(
  { rounds, seconds, rows: selected, cpuProfile }: CostOptions,
  node: NodeExecutable,
  folder: string,
): Promise<readonly MeasuredRow[]> {
  const measurements = new Map<Row, CostMeasurement[]>(selected.map((row) => [row, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [row, ofRow] of measurements) {
      const name = `${row.group}-${row.name.replaceAll(' ', '-')}`;
      const profile = cpuProfile === undefined ? {} : { cpuProfile: join(cpuProfile, `${name}-${round}.cpuprofile`) };
      const task: CostTask = { row, durationMs: seconds * 1_000, folder, ...profile };
      const one = await runTask<CostMeasurement>(child, task, { name, node: node.path });
      ofRow.push(one);
      const figures = `${formatNumber((one.events * 1_000) / one.durationMs)} events/s, ${formatNumber((one.cpuMs * 1_000) / one.events)} µs cpu an event`;
      console.error(`round ${round} of ${rounds}, ${row.group} ${row.name}: ${figures}`);
    }
  }
  return Array.from(measurements, ([row, ofRow]) => ({ row, measurements: ofRow }));
}
