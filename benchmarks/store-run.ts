import { fork, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toCount } from './count.ts';
import { describeMachine } from './machine.ts';
import { formatNumber } from './range.ts';
import { subjects, type StartMeasurement, type StoreTask, type Subject, type WorkMeasurement } from './store-measurement.ts';
import { formatStoreReport, storeReportOf, type StoreRound, type SubjectMeasurement } from './store-report.ts';

const childPath = new URL('./store-child.js', import.meta.url).pathname;
const projectFolder = new URL('../..', import.meta.url).pathname;

interface Options {
  readonly rounds: number;
  readonly keys: number;
  readonly seconds: number;
  readonly measured: readonly Subject[];
  readonly json: boolean;
}

function readOptions(parameters: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...parameters],
    options: {
      rounds: { type: 'string', default: '3' },
      keys: { type: 'string', default: '200000' },
      seconds: { type: 'string', default: '12' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const measured = values.only === undefined ? subjects : subjects.filter((subject) => subject === values.only);
  if (measured.length === 0) throw new Error(`there is no store "${values.only ?? ''}"; there are: ${subjects.join(', ')}`);
  return {
    rounds: toCount('rounds', values.rounds),
    keys: Math.max(toCount('keys', values.keys), 1_000),
    seconds: toCount('seconds', values.seconds),
    measured,
    json: values.json,
  };
}

function runTask<Measurement>(task: StoreTask): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(childPath, [JSON.stringify(task)], { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let measurement: Measurement | undefined;
    // The child sends only the result of the phase of its task.
    child.once('message', (message) => (measurement = message as Measurement));
    child.once('exit', (code, signal) => {
      if (measurement !== undefined && code === 0) resolve(measurement);
      else reject(new Error(`measuring ${task.subject} (${task.phase}) ended with ${String(code ?? signal)}`));
    });
  });
}

async function measureSubject(subject: Subject, { keys, seconds }: Options, parent: string): Promise<SubjectMeasurement> {
  const folder = mkdtempSync(join(parent, `${subject}-`));
  try {
    const work = await runTask<WorkMeasurement>({ subject, phase: 'work', keys, seconds, folder });
    const start = await runTask<StartMeasurement>({ subject, phase: 'start', keys, seconds, folder });
    return { work, start };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the other stores are installed. If not, prints a line with the reason. */
function installRivals(): boolean {
  const parameters = ['scripts/with-packages.mjs', 'benchmarks', 'LevelDB and LMDB', process.execPath, '--eval', 'process.exit(0)'];
  spawnSync(process.execPath, parameters, { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  return existsSync(join(projectFolder, 'benchmarks', 'node_modules', 'lmdb'));
}

/** Those of the stores that can be measured here. */
function available(wanted: readonly Subject[]): readonly Subject[] {
  return wanted.every((subject) => subject === 'log') || installRivals() ? wanted : wanted.filter((subject) => subject === 'log');
}

/** The log store beside LevelDB and LMDB; see BENCHMARKS.md. */
export async function runStore(parameters: readonly string[]): Promise<void> {
  const given = readOptions(parameters);
  const options = { ...given, measured: available(given.measured) };
  if (options.measured.length === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'statefun-bench-'));
  try {
    const machine = describeMachine(folder);
    const rounds: StoreRound[] = [];
    for (let number = 1; number <= options.rounds; number += 1) {
      const round: Partial<Record<Subject, SubjectMeasurement>> = {};
      // The stores take turns, so that other work of the machine affects all of them.
      for (const subject of options.measured) {
        const measurement = (round[subject] = await measureSubject(subject, options, folder));
        const { committedPerSecond, overwrite } = measurement.work;
        const told = `${formatNumber(committedPerSecond)} keys/s committed, ${formatNumber(overwrite.perSecond)} keys/s overwritten`;
        console.error(`round ${number} of ${options.rounds}, ${subject}: ${told}`);
      }
      rounds.push(round);
    }
    const report = storeReportOf(machine, options.keys, options.seconds, rounds);
    console.log(options.json ? JSON.stringify(report, undefined, 2) : formatStoreReport(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
