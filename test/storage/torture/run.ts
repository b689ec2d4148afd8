/*
 * Tortures the log store on a simulated disk, one seed after the other.
 *
 *   npm run test:disk -- [--seeds N] [--seed S]     S: the first seed; with --seeds 1 and a seed that failed, every operation is printed
 */
import { parseArgs } from 'node:util';
import { tortureOnce } from './torture-once.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '2000' }, seed: { type: 'string' } } });
  const seeds = Number(values.seeds);
  const first = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(values.seed);
  console.log(`disk test: ${seeds} seeds from ${first} (again with: npm run test:disk -- --seeds ${seeds} --seed ${first})`);
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const violation = await tortureOnce(seed, seeds === 1 ? { trace: console.log } : {});
    if (violation === undefined) continue;
    failed += 1;
    console.log(`seed ${seed}: ${violation}\n  look at it with: npm run test:disk -- --seeds 1 --seed ${seed}`);
  }
  console.log(`${seeds - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
