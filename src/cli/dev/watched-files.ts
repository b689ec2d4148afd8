import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that are compiled or configure the compiler. */
const compiled = /(?:^package\.json|^tsconfig[\w.-]*\.json|(?<!\.d)\.[mc]?tsx?)$/;
/** Files that an application reads at start. */
const settings = /^(?:application(?:-[\w-]+)?\.ya?ml|\.env)$/;
/** Folders that tools write to. */
const leftOut = /^(?:\..*|node_modules|dist|build|coverage)$/;

/** The time of change and size of each file, by path. */
export type FileStates = ReadonlyMap<string, string>;

/** The action that a change needs. */
export type Change = 'build' | 'restart' | 'nothing';

/** Reads the states of a project's sources and settings. Other files are left out: data that an application writes must not restart it. */
export async function readFileStates(folder: string): Promise<FileStates> {
  const states = new Map<string, string>();
  await addStates(folder, states);
  return states;
}

async function addStates(folder: string, states: Map<string, string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !leftOut.test(entry.name)) await addStates(path, states);
    else if (entry.isFile() && (compiled.test(entry.name) || settings.test(entry.name))) {
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined) states.set(path, `${found.mtimeMs} ${found.size}`);
    }
  }
}

/** Returns the action for files that are new, removed or changed. */
export function changeBetween(before: FileStates, after: FileStates): Change {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  if (changed.length === 0) return 'nothing';
  return changed.every((path) => settings.test(path.slice(path.search(/[^\\/]*$/)))) ? 'restart' : 'build';
}
