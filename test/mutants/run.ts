/*
 * Breaks one promise at a time and shows what notices:  npm run test:mutants [-- --runs N] [--only NAME] [--write]
 *
 * With --write the table takes its place in docs/guarantees.md. Exits with 1 when a mutant lives through so many runs of its suite, or when a suite finds something though nothing is broken.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { suites, type Finding } from './suites.ts';

const document = new URL('../../docs/guarantees.md', import.meta.url);

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '200' }, only: { type: 'string' }, write: { type: 'boolean' } },
  });
  const runsMax = Number(values.runs);
  const chosen = mutants.filter(({ name }) => values.only === undefined || name === values.only);
  console.log('| mutant | what it breaks | caught by | runs | what was seen |\n|---|---|---|---|---|');
  let living = 0;
  const documented: string[] = [];
  for (const mutant of chosen) {
    const finding = await tryMutant(mutant, runsMax);
    if (finding === undefined) living += 1;
    console.log(toRow(mutant, finding, runsMax));
    documented.push(
      `| \`${mutant.name}\` | ${mutant.breaks} | ${finding === undefined ? 'nothing' : mutant.suite} | ${finding?.runs ?? runsMax} |`,
    );
  }
  console.log(`\n${chosen.length - living} of ${chosen.length} mutants are caught.`);
  if (living > 0) process.exitCode = 1;
  else if (values.write === true && values.only === undefined) writeTable(documented);
}

/** Puts the rows between the marks of the document. */
function writeTable(rows: readonly string[]): void {
  const before = readFileSync(document, 'utf8');
  const table = ['| mutant | what it breaks | noticed by | runs |', '|---|---|---|---|', ...rows].join('\n');
  const after = before.replace(/<!-- mutants -->[^]*<!-- \/mutants -->/, `<!-- mutants -->\n\n${table}\n\n<!-- /mutants -->`);
  if (after === before && !before.includes(table)) throw new Error(`${document.pathname} has no marks for the table of mutants.`);
  writeFileSync(document, after);
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
