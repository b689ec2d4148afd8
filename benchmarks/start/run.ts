import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { toCount } from '../count.ts';
import { describeMachine, formatMachine, type Machine } from '../machine.ts';
import { findNode } from '../node-executable.ts';
import { watchOthers } from '../others-share.ts';
import { outputOptions, toFormat, writeReport } from '../output.ts';
import { formatNotes, formatNumber, formatRange, formatTable, rangeOf, type TableFormat } from '../range.ts';
import { createEmptySubject, createSubjects, type StartSubject } from './subjects.ts';

const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));

/** Goals of the medians. */
const goals: Readonly<Record<string, { readonly cpuMs?: number; readonly wallMs?: number }>> = {
  'statefun run, to the first event': { cpuMs: 250, wallMs: 500 },
  'statefun play, to the end': { cpuMs: 250 },
};

interface Start {
  /** From the call that starts the process until it reports, in milliseconds. */
  readonly wallMs: number;
  /** Processor time of all its threads until then, in milliseconds. */
  readonly cpuMs: number;
}

interface StartReport {
  readonly machine: Machine;
  /** Share of the processors that other processes used meanwhile. */
  readonly othersShare: number | undefined;
  readonly rounds: number;
  /** By the name of what was started. */
  readonly starts: Readonly<Record<string, readonly Start[]>>;
}

/** How long programs take to start; see BENCHMARKS.md. */
export async function runStart(parameters: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '15' },
      beside: { type: 'string' },
      ...outputOptions,
      node: { type: 'string' },
    },
  });
  const rounds = toCount('rounds', values.rounds);
  const found = findNode(values.node);
  if (found === undefined) return;
  const { path: node, version } = found;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-start-'));
  try {
    const machine = describeMachine(folder, version);
    const others = watchOthers();
    const subjects = [
      ...createSubjects(packageFolder, join(folder, 'this')),
      createEmptySubject(join(folder, 'this')),
      ...(values.beside === undefined ? [] : createSubjects(resolve(values.beside), join(folder, 'beside'), 'beside: ')),
    ];
    const starts = await measureRounds(subjects, node, rounds);
    const report: StartReport = { machine, othersShare: others(), rounds, starts: Object.fromEntries(starts) };
    writeReport('start', report, toFormat(values), formatStartReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The subjects take turns, so that other work of the machine affects all of them. The first round fills the page cache and is not counted. */
async function measureRounds(
  subjects: readonly StartSubject[],
  node: string,
  rounds: number,
): Promise<ReadonlyMap<string, readonly Start[]>> {
  const starts = new Map<string, Start[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of subjects) {
      const start = await measureStart(subject, node);
      if (round > 0) starts.get(subject.name)?.push(start);
    }
  }
  return starts;
}

async function measureStart({ name, parameters, folder, prepare }: StartSubject, node: string): Promise<Start> {
  prepare();
  const startMs = performance.now();
  const child = spawn(node, parameters, {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  let start: Start | undefined;
  // The descriptor is a pipe: see stdio.
  (child.stdio[3] as Readable).once('data', (line: Buffer) => {
    start = { wallMs: performance.now() - startMs, cpuMs: (JSON.parse(line.toString()) as { readonly cpuMs: number }).cpuMs };
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (start === undefined || code !== 0)
    throw new Error(`"${name}" ended with ${String(code)}, and ${start === undefined ? 'no' : 'a'} report`);
  return start;
}

function formatStartReport({ machine, othersShare, rounds, starts }: StartReport, format: TableFormat): string {
  const rows = Object.entries(starts).map(([name, measured]) => rowOf(name, measured));
  return [
    ...formatNotes([`Starts: ${rounds} rounds, median (min-max)`, ...formatMachine(machine, othersShare)], format),
    '',
    ...formatTable([['', 'processor time, ms', 'wall, ms', 'goal'], ...rows], format),
  ].join('\n');
}

function rowOf(name: string, starts: readonly Start[]): readonly string[] {
  const [cpu, wall] = [rangeOf(starts.map(({ cpuMs }) => cpuMs)), rangeOf(starts.map(({ wallMs }) => wallMs))];
  const { cpuMs, wallMs } = goals[name] ?? {};
  const goal = [
    ...(cpuMs === undefined ? [] : [`processor ≤ ${cpuMs}: ${cpu.median <= cpuMs ? 'reached' : 'NOT REACHED'}`]),
    ...(wallMs === undefined ? [] : [`wall ≤ ${wallMs}: ${wall.median <= wallMs ? 'reached' : 'NOT REACHED'}`]),
  ];
  return [name, formatRange(cpu, formatNumber), formatRange(wall, formatNumber), goal.join(', ')];
}
