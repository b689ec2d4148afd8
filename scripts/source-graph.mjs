// Finds which files of this repository depend on which others. test-changed.mjs and lint.mjs use it.
//
// A file depends on every path that its text names in quotes, if that path exists: imports, workers that are started by path, folders that are
// scanned. 'statefun' and 'statefun/…' are the entry points in src/. That finds more than the imports, never less.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

const code = /\.[cm]?[jt]s$/;
const quoted = /['"`]((?:\.{1,2}\/|statefun\b)[^'"`\n$]*)['"`]/g;

/** Every file that git tracks, or would track. */
export function listFiles() {
  const { stdout, status, stderr } = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  return [...new Set(stdout.split('\n'))].filter((path) => path !== '' && existsSync(path)).sort();
}

export const isCode = (path) => code.test(path);

/** File -> the files that its text names. `read` returns the text of a file; `exports` is the field of package.json. */
export function graphOf(files, read = (path) => readFileSync(path, 'utf8'), exports = readExports()) {
  const known = new Set(files);
  const graph = new Map();
  for (const file of files.filter(isCode)) {
    const named = Array.from(read(file).matchAll(quoted), ([, name]) => name);
    graph.set(file, new Set(named.flatMap((name) => resolve(file, name, known, files, exports)).filter((path) => path !== file)));
  }
  return graph;
}

function resolve(from, name, known, files, exports) {
  if (name === 'statefun' || name.startsWith('statefun/')) {
    const entry = exports[name.replace('statefun', '.')]?.['@statefun/source'];
    return entry === undefined ? [] : [posix.normalize(entry)];
  }
  const path = posix.join(posix.dirname(from), name).replace(/\/$/, '');
  const file = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`].find((candidate) => known.has(candidate));
  if (file !== undefined) return [file];
  // A folder of the sources that is scanned when the application starts. '..' and '../..' are how tests name the root of the project.
  return path === '.' || /^\.\.?(?:\/\.\.)*\/?$/.test(name) ? [] : files.filter((candidate) => candidate.startsWith(`${path}/`));
}

function readExports() {
  return JSON.parse(readFileSync('package.json', 'utf8')).exports;
}

/** The files themselves, and all that depend on them. */
export function reachedBy(changed, graph) {
  const dependents = new Map();
  for (const [file, targets] of graph) {
    for (const target of targets) {
      const list = dependents.get(target) ?? [];
      list.push(file);
      dependents.set(target, list);
    }
  }
  return closure(changed, (file) => dependents.get(file) ?? []);
}

/** The file itself, and all that it depends on. */
export function dependenciesOf(file, graph) {
  return closure([file], (each) => graph.get(each) ?? []);
}

function closure(start, next) {
  const found = new Set(start);
  for (const file of found) for (const other of next(file)) found.add(other);
  return found;
}
