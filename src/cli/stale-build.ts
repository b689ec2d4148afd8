import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { StatefunError } from '../shared/errors.ts';

/** The folder of a project's sources, by convention. */
const sourceFolder = 'src';
/** Matches source files, which a compiler does not write. */
const source = /(?<!\.d)\.[mc]?tsx?$/;
/** Most files read in either folder: more than an application has, and read in a fraction of a second. */
const filesMax = 20_000;

interface DatedFile {
  readonly path: string;
  readonly changedAtMs: number;
}

/**
 * Returns BUILD_STALE if a source of the project is newer than every file in the folder of its build. `entry` is the loaded file. A compiler
 * writes at least one file, so a later build is never reported. JavaScript that runs without a build has none.
 */
export async function findStaleBuild(folder: string, entry: string): Promise<StatefunError | undefined> {
  const [build, ...rest] = relative(folder, entry).split(sep);
  if (build === undefined || rest.length === 0 || build === '..' || build === sourceFolder) return undefined;
  const changed = await newestIn(join(folder, sourceFolder), (name) => source.test(name));
  const built = await newestIn(join(folder, build), () => true);
  if (changed === undefined || built === undefined || changed.changedAtMs <= built.changedAtMs) return undefined;
  const path = relative(folder, changed.path);
  const summary = `${path} was changed after ${build}/ was built, and what runs is the build.`;
  return new StatefunError('BUILD_STALE', summary, { facts: { source: changed.path, build: join(folder, build) } });
}

/** Returns the newest matching file below a folder, or undefined. */
async function newestIn(folder: string, counts: (name: string) => boolean): Promise<DatedFile | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile() && counts(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  let newest: DatedFile | undefined;
  for (const path of paths.slice(0, filesMax)) {
    const changedAtMs = (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
    if (newest === undefined || changedAtMs > newest.changedAtMs) newest = { path, changedAtMs };
  }
  return newest;
}
