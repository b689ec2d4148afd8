// npm run test:changed: runs the fast tests that a change can reach.
//
//   npm run test:changed                    what differs from main (on main: from the last commit), committed or not
//   npm run test:changed -- --since REF     what differs from another commit
//   npm run test:changed -- --list          prints the tests and runs none
//
// A test is reached through the paths that files name: see source-graph.mjs. A data file in examples/, docs/ or test/ reaches every file that
// names it. A change of anything but code also runs test/project, which compares documents and settings with the code.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { graphOf, isCode, listFiles, reachedBy } from './source-graph.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values } = parseArgs({ options: { since: { type: 'string' }, list: { type: 'boolean', default: false } } });

/** Names that many folders have: a test that mentions one hardly ever means this file. */
const common = new Set(['package.json', 'tsconfig.json', 'README.md']);

const since = values.since ?? findBase();
const changed = lines(git('diff', '--name-only', '--no-renames', since)).concat(lines(git('ls-files', '--others', '--exclude-standard')));
const tests = findTests(changed);

if (tests.length === 0) {
  console.log(`No fast test is reached by the ${changed.length} files that differ from ${since}.`);
} else if (values.list) {
  console.log(tests.join('\n'));
} else {
  console.log(`${changed.length} files differ from ${since}; they reach ${tests.length} fast tests.`);
  const command = ['run', '--silent', 'jest', '--', '--selectProjects', 'unit', 'examples', '--maxWorkers=2', '--runTestsByPath', ...tests];
  process.exitCode = spawnSync('npm', command, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;
}

function findTests(paths) {
  const files = listFiles();
  const graph = graphOf(files);
  const data = paths.filter((path) => !isCode(path));
  const namesRead = data.filter((path) => /^(?:test|examples|docs)\//.test(path)).map((path) => basename(path));
  const readers = [...graph.keys()].filter((file) =>
    mentions(
      file,
      namesRead.filter((name) => !common.has(name)),
    ),
  );
  const reached = reachedBy([...paths, ...readers], graph);
  const fast = files.filter((file) => /^(?:test|examples)\/.*(?<!\.(?:long|int|docker))\.test\.ts$/.test(file) && !isTemplate(file));
  return fast.filter((file) => reached.has(file) || (data.length > 0 && file.startsWith('test/project/')));
}

function mentions(file, names) {
  if (names.length === 0) return false;
  const text = readFileSync(file, 'utf8');
  return names.some((name) => text.includes(name));
}

/** Node's own runner tests what `statefun create` copies. */
function isTemplate(file) {
  return file.startsWith('examples/greeter/');
}

/** Where this branch left main. On main, and where there is no main, the last commit. */
function findBase() {
  const { stdout, status } = spawnSync('git', ['merge-base', 'HEAD', 'main'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().slice(0, 12) : 'HEAD';
}

function git(...parameters) {
  const { stdout, status, stderr } = spawnSync('git', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${parameters.join(' ')} failed: ${stderr}`);
  return stdout;
}

function lines(text) {
  return text.split('\n').filter((line) => line !== '');
}
