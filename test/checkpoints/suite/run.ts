/*
 * Checkpoints and leases with real processes, a real S3 interface and real signals.
 *
 *   npm run test:checkpoints -- [--rounds N] [--seed S] [--events N] [--only lost-disk|two-engines] [--round R]
 *
 * lost-disk: a process is killed at seeded instants and its state folder removed; the end is that of a model that knows no engine.
 * two-engines: an engine that is stopped, or cut off, for longer than its lease begins no send after its successor holds it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runLostDisk } from './lost-disk.ts';
import { Moto } from './moto.ts';
import { runTwoEngines } from './two-engines.ts';

const bucket = 'statefun-checkpoints';

/** The short form; the long one has 50. */
const roundsDefault = '4';

interface Counts {
  passed: number;
  failed: number;
}

async function run(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: roundsDefault },
      seed: { type: 'string', default: '1' },
      events: { type: 'string', default: '3000' },
      only: { type: 'string' },
      round: { type: 'string' },
    },
  });
  const [rounds, seed, events] = [Number(values.rounds), Number(values.seed), Number(values.events)];
  const numbers = values.round === undefined ? Array.from({ length: rounds }, (_, number) => number) : [Number(values.round)];
  const parent = mkdtempSync(join(tmpdir(), 'statefun-checkpoints-'));
  const moto = await Moto.start(bucket);
  const counts: Counts = { passed: 0, failed: 0 };
  console.log(`checkpoints: ${rounds} rounds, seed ${seed}, ${events} events a round`);
  if (values.only !== 'two-engines') await lostDisks(parent, numbers, seed, events, moto, counts);
  if (values.only !== 'lost-disk' && moto !== undefined) await twoEngines(parent, numbers, seed, moto, counts);
  moto?.stop();
  if (counts.failed === 0) rmSync(parent, { recursive: true, force: true });
  else console.log(`the folders of the rounds that failed are kept: ${parent}`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0;
}

async function lostDisks(
  parent: string,
  numbers: readonly number[],
  seed: number,
  events: number,
  moto: Moto | undefined,
  counts: Counts,
): Promise<void> {
  for (const number of numbers) {
    const inS3 = moto !== undefined && number % 2 === 0;
    const place = (round: string): string[] =>
      inS3
        ? [`checkpoints.to=s3://${bucket}/${round}`, `checkpoints.s3.endpoint=${moto.endpoint}`]
        : [`checkpoints.to=file:${join(parent, `place-${round}`)}`];
    const { losses, problems } = await runLostDisk({ parent, number, seed, events, place });
    tell(`lost-disk ${number} (${inS3 ? 'S3' : 'a folder'}): ${losses} disks lost`, problems, counts);
    rmSync(join(parent, `place-lost-disk-${seed}-${number}`), { recursive: true, force: true });
  }
}

async function twoEngines(parent: string, numbers: readonly number[], seed: number, moto: Moto, counts: Counts): Promise<void> {
  for (const number of numbers) {
    const problems = await runTwoEngines({ parent, number, seed, endpoint: moto.endpoint, bucket });
    tell(`two-engines ${number}`, problems, counts);
  }
}

function tell(what: string, problems: readonly string[], counts: Counts): void {
  if (problems.length === 0) counts.passed += 1;
  else counts.failed += 1;
  console.log(`${what}: ${problems.length === 0 ? 'as it must be' : 'DIFFERENT'}`);
  for (const problem of problems) console.log(`  ${problem}`);
}

run().then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
