import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toError } from '../../shared/errors.ts';

/** Most files that are read to find a circle: it is looked for only to explain a failure. */
const filesMax = 1_000;

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` and `require('x')`; what only types are imported from is gone at run time. */
const importedPath = /(?:\bfrom|\bimport|\brequire\s*\()\s*['"](\.[^'"]+)['"]/g;
const typeImport = /\b(?:import|export)\s+type\b[^;'"]*?\bfrom\s*['"][^'"]+['"]/g;

/** Whether something was used before the file that declares it had run. */
export function isUseBeforeDeclaration(thrown: unknown): boolean {
  const { name, message } = toError(thrown);
  return name === 'ReferenceError' && message.includes('before initialization');
}

/** The files of the shortest circle of imports that an error of {@link isUseBeforeDeclaration} comes from; undefined where none is found. */
export function circleBehind(thrown: unknown, imported: string): readonly string[] | undefined {
  const thrower = throwingFile(thrown);
  return (thrower === undefined ? undefined : findImportCircle(thrower)) ?? findImportCircle(imported);
}

/** The files of the shortest circle of imports that leads from a file back to it, the file itself first and last. */
export function findImportCircle(file: string): readonly string[] | undefined {
  const importers = new Map<string, string | undefined>([[file, undefined]]);
  for (const at of importers.keys()) {
    if (importers.size > filesMax) return undefined;
    for (const next of importsOf(at)) {
      if (next === file) return [...pathTo(at, importers), file];
      if (!importers.has(next)) importers.set(next, at);
    }
  }
  return undefined;
}

/** What to do about a circle, its files as people type them. */
export function circleAction(circle: readonly string[]): string {
  const files = circle.map((file) => relative('.', file));
  return `Files import each other: ${files.join(' → ')}. Move what they need of each other into a file of its own, which imports none of them.`;
}

function pathTo(file: string, importers: ReadonlyMap<string, string | undefined>): readonly string[] {
  const path: string[] = [];
  for (let at: string | undefined = file; at !== undefined; at = importers.get(at)) path.unshift(at);
  return path;
}

function importsOf(file: string): readonly string[] {
  let source: string;
  try {
    source = readFileSync(file, 'utf8').replace(typeImport, '');
  } catch {
    return [];
  }
  return Array.from(source.matchAll(importedPath), ([, path = '']) => fileOf(resolve(dirname(file), path))).filter(
    (found) => found !== undefined,
  );
}

/** The file that a path means: as it is, with its ending left out, or the source that it is built from. */
function fileOf(path: string): string | undefined {
  const candidates = [path, `${path}.js`, `${path}/index.js`, path.replace(/\.([cm]?)js$/, '.$1ts')];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}

/** The file of the first line of the stack. */
function throwingFile(thrown: unknown): string | undefined {
  const place = /^\s+at .*?\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/m.exec(toError(thrown).stack ?? '')?.[1];
  return place?.startsWith('file:') === true ? fileURLToPath(place) : place;
}
