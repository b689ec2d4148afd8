/*
 * Breaks one promise at a time and shows what notices:  npm run test:mutants [-- --runs N] [--only NAME]
 *
 * Exits with 1 when a mutant lives through so many runs of its suite, or when a suite finds something though nothing is broken.
 */
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { suites, type Finding } from './suites.ts';

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '200' }, only: { type: 'string' } } });
  const runsMax = Number(values.runs);
  const chosen = mutants.filter(({ name }) => values.only === undefined || name === values.only);
  console.log('| mutant | what it breaks | caught by | runs | what was seen |\n|---|---|---|---|---|');
  let living = 0;
  for (const mutant of chosen) {
    const finding = await tryMutant(mutant, runsMax);
    if (finding === undefined) living += 1;
    console.log(toRow(mutant, finding, runsMax));
  }
  console.log(`\n${chosen.length - living} of ${chosen.length} mutants are caught.`);
  if (living > 0) process.exitCode = 1;
}

async function tryMutant({ apply, suite }: Mutant, runsMax: number): Promise<Finding | undefined> {
  const undo = apply();
  try {
    return await suites[suite](runsMax);
  } finally {
    undo();
  }
}

function toRow({ name, breaks, suite }: Mutant, finding: Finding | undefined, runsMax: number): string {
  const seen = finding === undefined ? ['**nothing**', `${runsMax}`, ''] : [suite, `${finding.runs}`, cut(finding.what)];
  return `| ${[`\`${name}\``, breaks, ...seen].join(' | ')} |`;
}

function cut(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ').replaceAll('|', '/');
  return oneLine.length > 140 ? `${oneLine.slice(0, 140)}…` : oneLine;
}

void run();
