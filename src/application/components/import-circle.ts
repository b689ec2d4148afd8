import { readFileSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toError } from '../../shared/errors.ts';

/** Most files read to find a circle, which is only needed to explain a failure. */
const filesMax = 1_000;

/** Matches `import … from 'x'`, `export … from 'x'`, `import 'x'` and `require('x')`. Type imports do not exist in built files. */
const importedPath = /(?:\bfrom|\bimport|\brequire\s*\()\s*['"](\.[^'"]+)['"]/g;
const typeImport = /\b(?:import|export)\s+type\b[^;'"]*?\bfrom\s*['"][^'"]+['"]/g;

/** Whether the error says that a name was used before the file that declares it had run. */
export function isUseBeforeDeclaration(thrown: unknown): boolean {
  const { name, message } = toError(thrown);
  return name === 'ReferenceError' && message.includes('before initialization');
}

/** Returns the shortest circle of imports that caused an error of {@link isUseBeforeDeclaration}, or undefined. */
export function circleBehind(thrown: unknown, imported: string): readonly string[] | undefined {
  const thrower = throwingFile(thrown);
  return (thrower === undefined ? undefined : findImportCircle(thrower)) ?? findImportCircle(imported);
}

/** Returns the files of the shortest circle of imports through a file, with that file first and last. */
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

/** Returns the advice for a circle of imports, with relative paths. */
export function circleAction(circle: readonly string[]): string {
  const files = circle.map((file) => relative('.', file));
  return `Files import each other: ${files.join(' → ')}. Move what they need of each other into a separate file, which imports none of them.`;
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

/** Returns the file that an import path refers to: the path itself, with an extension added, or the source that it is built from. */
function fileOf(path: string): string | undefined {
  const candidates = [path, `${path}.js`, `${path}/index.js`, path.replace(/\.([cm]?)js$/, '.$1ts')];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}

/** Returns the file in the first line of the stack. */
function throwingFile(thrown: unknown): string | undefined {
  const place = /^\s+at .*?\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*?):\d+:\d+\)?$/m.exec(toError(thrown).stack ?? '')?.[1];
  return place?.startsWith('file:') === true ? fileURLToPath(place) : place;
}
