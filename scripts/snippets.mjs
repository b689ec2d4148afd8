// Keeps the code in README.md and docs/**/*.md equal to code that is compiled and run.
//
// A fenced block whose first line carries file=<path>#<region>, such as
//
//   ```ts file=examples/shopping-cart/src/events/product-changed.ts#event
//
// holds the lines between "// #region event" and "// #endregion event" of that file (or "# #region" and so on), with the common
// indentation and nested region markers left out. Without "#<region>" it holds the whole file.
//
//   node scripts/snippets.mjs                 writes the blocks
//   node scripts/snippets.mjs --check         prints the differences, and exits with 1
//   node scripts/snippets.mjs --root FOLDER   works on another folder
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false }, root: { type: 'string', default: '.' } } });

const problems = [];
const marker = /^\s*(?:\/\/|#|--|<!--)\s*#(end)?region\b\s*(\S*)/;

for (const document of findDocuments()) updateDocument(document);

if (problems.length > 0) {
  console.error(problems.join('\n\n'));
  if (options.check) console.error('\nRun: npm run snippets');
  process.exitCode = 1;
}

function findDocuments() {
  const inFolder = (folder, recursive) =>
    existsSync(join(options.root, folder)) ? readdirSync(join(options.root, folder), { recursive }).map((name) => join(folder, name)) : [];
  return [...inFolder('.', false), ...inFolder('docs', true), ...inFolder('benchmarks', false)]
    .filter((path) => path.endsWith('.md'))
    .sort();
}

function updateDocument(document) {
  const before = readFileSync(join(options.root, document), 'utf8');
  const after = replaceBlocks(document, before);
  if (after !== before && !options.check) {
    writeFileSync(join(options.root, document), after);
    console.log(`${document}: code blocks written`);
  }
}

/** The text with every marked block holding its region; differences and mistakes are recorded as problems. */
function replaceBlocks(document, text) {
  const lines = text.split('\n');
  const result = [];
  for (let at = 0; at < lines.length; at++) {
    result.push(lines[at]);
    const fence = /^(\s*)(`{3,})\S*.*?\bfile=([^\s#]+)(?:#(\S+))?/.exec(lines[at]);
    if (fence === null) continue;
    const [, indent, ticks, path, region] = fence;
    const end = lines.findIndex((line, index) => index > at && line.trim() === ticks);
    if (end === -1) {
      problems.push(`${document}:${at + 1}: this code block does not end.`);
      continue;
    }
    const actual = lines.slice(at + 1, end);
    const expected = readRegion(`${document}:${at + 1}`, path, region)?.map((line) => (line === '' ? '' : indent + line)) ?? actual;
    if (options.check && expected.join('\n') !== actual.join('\n')) {
      problems.push(
        `${document}:${at + 1}: this block is not ${path}${region === undefined ? '' : `#${region}`}\n${toDiff(actual, expected)}`,
      );
    }
    result.push(...expected, lines[end]);
    at = end;
  }
  return result.join('\n');
}

function readRegion(place, path, region) {
  const file = join(options.root, path);
  if (!existsSync(file)) {
    problems.push(`${place}: there is no file ${path}.`);
    return undefined;
  }
  const lines = readFileSync(file, 'utf8').replace(/\n$/, '').split('\n');
  const found = region === undefined ? lines : cutRegion(lines, region);
  if (found === undefined) problems.push(`${place}: ${path} has no lines between "#region ${region}" and "#endregion ${region}".`);
  return found === undefined ? undefined : dedent(found.filter((line) => !marker.test(line)));
}

function cutRegion(lines, region) {
  const find = (end) =>
    lines.findIndex((line) => {
      const match = marker.exec(line);
      return match !== null && (match[1] === 'end') === end && match[2] === region;
    });
  const start = find(false);
  const end = find(true);
  return start === -1 || end <= start + 1 ? undefined : lines.slice(start + 1, end);
}

function dedent(lines) {
  const filled = lines.filter((line) => line.trim() !== '');
  const width = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  const text = lines.map((line) => line.slice(width).trimEnd());
  const first = text.findIndex((line) => line !== '');
  const last = text.findLastIndex((line) => line !== '');
  return text.slice(first, last + 1);
}

/** Returns the lines that differ. Equal lines at both ends are left out. */
function toDiff(actual, expected) {
  let start = 0;
  while (start < actual.length && start < expected.length && actual[start] === expected[start]) start++;
  let rest = 0;
  while (rest < actual.length - start && rest < expected.length - start && actual.at(-1 - rest) === expected.at(-1 - rest)) rest++;
  const removed = actual.slice(start, actual.length - rest).map((line) => `  - ${line}`);
  const added = expected.slice(start, expected.length - rest).map((line) => `  + ${line}`);
  return [...removed, ...added].join('\n');
}
