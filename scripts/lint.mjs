// npm run lint: ESLint on every file that can have another result than in the last run.
//
//   npm run lint                 files that have changed, and files that depend on them
//   npm run lint -- --all        every file
//   npm run lint -- FILE …       these files, if they are not known to be clean
//
// Rules with types judge a file by the types that it imports, so ESLint's own cache, which looks at the file alone, is wrong for them. Here a
// file is left out only when its text, the text of everything it depends on, all declaration files, the configuration and the installed
// packages are those with which it was clean.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ESLint } from 'eslint';
import { dependenciesOf, graphOf, isCode, listFiles } from './source-graph.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values, positionals } = parseArgs({ options: { all: { type: 'boolean', default: false } }, allowPositionals: true });
const cacheFolder = 'node_modules/.cache';
const cachePath = `${cacheFolder}/lint.json`;
/** What every result depends on. */
const settings = ['eslint.config.js', 'tsconfig.json', 'package.json', 'package-lock.json', 'scripts/lint.mjs', 'scripts/source-graph.mjs'];

const files = listFiles();
const digests = new Map(files.filter(isCode).map((file) => [file, digestOf(readFileSync(file))]));
const keys = findKeys();
const clean = readClean();

const linter = new ESLint();
const chosen = positionals.length > 0 ? positionals : [...digests.keys()];
const linted = [];
for (const file of chosen) {
  if ((values.all || clean[file] === undefined || clean[file] !== keys.get(file)) && !(await linter.isPathIgnored(file))) linted.push(file);
}

const results = linted.length === 0 ? [] : await linter.lintFiles(linted);
const text = await (await linter.loadFormatter('stylish')).format(results);
if (text !== '') console.log(text);
// A warning is a mistake that nobody has decided about: it fails, too.
if (results.some(({ messages }) => messages.length > 0)) process.exitCode = 1;
writeClean();

/** File -> a digest of everything that its result depends on. */
function findKeys() {
  const graph = graphOf(files);
  const declarations = files.filter((file) => file.endsWith('.d.ts'));
  const common = digestOf([process.version, ...settings.concat(declarations).map((path) => digestOf(readFileSync(path)))].join());
  const keyOf = (file) =>
    digestOf([common, ...[...dependenciesOf(file, graph)].sort().map((each) => `${each} ${digests.get(each)}`)].join());
  return new Map(Array.from(digests.keys(), (file) => [file, keyOf(file)]));
}

function readClean() {
  return existsSync(cachePath) ? JSON.parse(readFileSync(cachePath, 'utf8')) : {};
}

function writeClean() {
  const failed = new Set(results.filter(({ messages }) => messages.length > 0).map(({ filePath }) => filePath));
  const known = Object.entries(clean).filter(([file]) => digests.has(file));
  const found = linted.filter((file) => keys.has(file) && !failed.has(fileURLToPath(new URL(`../${file}`, import.meta.url))));
  mkdirSync(cacheFolder, { recursive: true });
  writeFileSync(cachePath, JSON.stringify(Object.fromEntries([...known, ...found.map((file) => [file, keys.get(file)])])));
}

function digestOf(content) {
  return createHash('sha256').update(content).digest('base64url').slice(0, 22);
}
