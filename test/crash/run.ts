/*
 * Kills the real process on real files, at instants chosen by a seed, and compares what it ends with to a run that was never killed:
 * the state of every address, the dead letters, and the egress records, each exactly once.
 *
 *   npm run test:crash -- [--kills N] [--seed S]
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { ledgerEvents } from './ledger.ts';
import { randomFrom } from './random.ts';

const childPath = new URL('./child.js', import.meta.url).pathname;
const fixturePath = new URL('../../resources/product-cart-integration-test-events.jsonl', import.meta.url);

interface Result {
  readonly state: Readonly<Record<string, unknown>>;
  readonly deadLetters: readonly unknown[];
  readonly egressIds: readonly string[];
}

interface Round {
  readonly workload: string;
  readonly lines: readonly string[];
  readonly killsMax: number;
  /** A kill comes at most this long after the process has started its work, in milliseconds. */
  readonly killAfterMsMax: number;
}

function prepare(parent: string, name: string, round: Round): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'events.jsonl'), round.lines.map((line) => `${line}\n`).join(''));
  return folder;
}

/** Runs the child once; kills it after the time, counted from its start, if it has not ended by itself. */
function runChild(workload: string, folder: string, killAfterMs?: number): Promise<'done' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = fork(childPath, [workload, folder], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, LOG_LEVEL: 'silent' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('message', () => void (killAfterMs !== undefined && setTimeout(() => child.kill('SIGKILL'), killAfterMs)));
    // One in ten is killed while it starts and recovers, before it says that it has started.
    if (killAfterMs !== undefined && Math.floor(killAfterMs * 1_000) % 10 === 0)
      setTimeout(() => child.kill('SIGKILL'), 150 + killAfterMs / 4);
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else reject(new Error(`the ${workload} process ended with ${code ?? signal}:\n${output}`));
    });
  });
}

/** Kills the process until it has been killed often enough, or has ended by itself; one that ends without a single kill gets another try. */
async function crash(
  parent: string,
  number: number,
  round: Round,
  killsMax: number,
  random: () => number,
): Promise<{ folder: string; killsHere: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = prepare(parent, `${number}-crashed-${attempt}`, round);
    let killsHere = 0;
    while ((await runChild(round.workload, folder, killsHere < killsMax ? random() * round.killAfterMsMax : undefined)) === 'killed')
      killsHere += 1;
    if (killsHere > 0 || attempt === 5) return { folder, killsHere };
  }
}

function readResult(folder: string): Result {
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Omit<Result, 'egressIds'>;
  const lines = readFileSync(join(folder, 'egress.jsonl'), 'utf8').trimEnd().split('\n');
  return { ...result, egressIds: lines.map((line) => (JSON.parse(line) as { id: string }).id) };
}

/** What differs between a run that was killed and one that was not; empty when nothing does. */
function compare(expected: Result, actual: Result): string[] {
  const problems: string[] = [];
  for (const [address, state] of Object.entries(expected.state)) {
    if (!isDeepStrictEqual(sorted(state), sorted(actual.state[address]))) {
      problems.push(`state of ${address}:\n  expected ${JSON.stringify(state)}\n  but is   ${JSON.stringify(actual.state[address])}`);
    }
  }
  if (!isDeepStrictEqual(expected.deadLetters, actual.deadLetters)) {
    problems.push(`dead letters: expected ${expected.deadLetters.length}, but there are ${actual.deadLetters.length}`);
  }
  const ids = new Set(actual.egressIds);
  const missing = expected.egressIds.filter((id) => !ids.has(id));
  const wanted = new Set(expected.egressIds);
  const surplus = [...ids].filter((id) => !wanted.has(id));
  const repeated = actual.egressIds.length - ids.size;
  if (missing.length + surplus.length + repeated > 0)
    problems.push(`egress: ${missing.length} missing, ${surplus.length} unknown, ${repeated} repeated`);
  return problems;
}

/** Tables keep insertion order, which depends on the interleaving, and subscriptions the time at which they were made: neither is compared. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'dateCreated');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '20' }, seed: { type: 'string' }, events: { type: 'string', default: '3000' } },
  });
  const killsWanted = Number(values.kills);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
  console.log(`crash test: ${killsWanted} kills, seed ${seed} (again with: npm run test:crash -- --kills ${killsWanted} --seed ${seed})`);
  const random = randomFrom(seed);
  const parent = mkdtempSync(join(tmpdir(), 'statefun-crash-'));
  const fixture = readFileSync(fixturePath, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('"test.'));
  let kills = 0;
  let passed = 0;
  let failed = 0;
  for (let number = 0; kills < killsWanted; number += 1) {
    const round: Round =
      number % 3 === 0
        ? { workload: 'cart', lines: fixture, killsMax: 3, killAfterMsMax: 12 }
        : { workload: 'ledger', lines: ledgerEvents(seed + number, Number(values.events)), killsMax: 12, killAfterMsMax: 400 };
    const calm = prepare(parent, `${number}-calm`, round);
    await runChild(round.workload, calm);
    const { folder, killsHere } = await crash(parent, number, round, Math.min(round.killsMax, killsWanted - kills), random);
    kills += killsHere;
    const problems = compare(readResult(calm), readResult(folder));
    console.log(
      `round ${number} (${round.workload}, ${round.lines.length} events): ${killsHere} kills, ${problems.length === 0 ? 'equal' : 'DIFFERENT'}`,
    );
    for (const problem of problems) console.log(`  ${problem}`);
    if (problems.length === 0) passed += 1;
    else failed += 1;
    if (kills === 0 && number > 20) throw new Error('the process ends before it can be killed: raise --events');
  }
  if (failed === 0) rmSync(parent, { recursive: true, force: true });
  else console.log(`the folders are kept for a look: ${parent}`);
  console.log(`crash test: ${kills} kills in ${passed + failed} rounds`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
