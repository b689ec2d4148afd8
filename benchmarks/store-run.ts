import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { describeMachine } from './machine.ts';
import { installFolder } from './installed.ts';
import { findNode } from './node-executable.ts';
import { watchOthers } from './others-share.ts';
import { outputOptions, toFormat, writeReport, type OutputFormat } from './output.ts';
import { formatNumber } from './range.ts';
import { runTask } from './run-task.ts';
import { subjects, type StartMeasurement, type StoreTask, type Subject, type WorkMeasurement } from './store-measurement.ts';
import { formatStoreReport, storeReportOf, type StoreRound, type SubjectMeasurement } from './store-report.ts';

const child = new URL('./store-child.js', import.meta.url);

interface StoreOptions {
  readonly rounds: number;
  readonly keys: number;
  readonly seconds: number;
  readonly measured: readonly Subject[];
  readonly format: OutputFormat;
  readonly node: string | undefined;
}

/** The options of `npm run bench -- store`. */
export function readStoreOptions(parameters: readonly string[]): StoreOptions {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '3' },
      keys: { type: 'string', default: '200000' },
      seconds: { type: 'string', default: '12' },
      only: { type: 'string' },
      ...outputOptions,
      node: { type: 'string' },
    },
  });
  const measured = values.only === undefined ? subjects : subjects.filter((subject) => subject === values.only);
  if (measured.length === 0) throw new Error(`there is no store "${values.only ?? ''}"; there are: ${subjects.join(', ')}`);
  return {
    rounds: toCount('rounds', values.rounds),
    keys: Math.max(toCount('keys', values.keys), 1_000),
    seconds: toCount('seconds', values.seconds),
    measured,
    format: toFormat(values),
    node: values.node,
  };
}

interface Place {
  /** Folder in which the folder of the store is created. */
  readonly parent: string;
  /** The Node executable. */
  readonly node: string;
}

async function measureSubject(subject: Subject, { keys, seconds }: StoreOptions, { parent, node }: Place): Promise<SubjectMeasurement> {
  const folder = mkdtempSync(join(parent, `${subject}-`));
  const run = <Measurement>(phase: StoreTask['phase']): Promise<Measurement> =>
    runTask(child, { subject, phase, keys, seconds, folder } satisfies StoreTask, {
      name: `${subject}-${phase}`,
      node,
      execArgv: ['--expose-gc'],
    });
  try {
    const work = await run<WorkMeasurement>('work');
    const start = await run<StartMeasurement>('start');
    return { work, start };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of the stores that can be measured here. */
function available(wanted: readonly Subject[]): readonly Subject[] {
  return wanted.every((subject) => subject === 'log') || installFolder('benchmarks', 'LevelDB and LMDB')
    ? wanted
    : wanted.filter((subject) => subject === 'log');
}

/** The log store beside LevelDB and LMDB; see BENCHMARKS.md. */
export async function runStore(parameters: readonly string[]): Promise<void> {
  const given = readStoreOptions(parameters);
  const options = { ...given, measured: available(given.measured) };
  const node = findNode(options.node);
  if (options.measured.length === 0 || node === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const machine = describeMachine(folder, node.version);
    const others = watchOthers();
    const rounds: StoreRound[] = [];
    for (let number = 1; number <= options.rounds; number += 1) {
      const round: Partial<Record<Subject, SubjectMeasurement>> = {};
      // The stores take turns, so that other work of the machine affects all of them.
      for (const subject of options.measured) {
        const measurement = (round[subject] = await measureSubject(subject, options, { parent: folder, node: node.path }));
        const { committedPerSecond, overwrite } = measurement.work;
        const told = `${formatNumber(committedPerSecond)} keys/s committed, ${formatNumber(overwrite.perSecond)} keys/s overwritten`;
        console.error(`round ${number} of ${options.rounds}, ${subject}: ${told}`);
      }
      rounds.push(round);
    }
    const report = storeReportOf({ machine, othersShare: others(), keys: options.keys, seconds: options.seconds, rounds });
    writeReport('store', report, options.format, formatStoreReport);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
