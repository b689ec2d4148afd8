import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What is compiled, or says how. */
const compiled = /(?:^package\.json|^tsconfig[\w.-]*\.json|(?<!\.d)\.[mc]?tsx?)$/;
/** What is read at the start. */
const settings = /^(?:application(?:-[\w-]+)?\.ya?ml|\.env)$/;
/** Folders that tools write to. */
const leftOut = /^(?:\..*|node_modules|dist|build|coverage)$/;

/** Path -> when it was changed, and its size. */
export type FileStates = ReadonlyMap<string, string>;

/** What a change asks for. */
export type Change = 'build' | 'restart' | 'nothing';

/** The sources and settings of a project, as they are now. Data is left out: what an application writes must not start it again. */
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

/** What has to be done about the files that are new, gone or different. */
export function changeBetween(before: FileStates, after: FileStates): Change {
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  if (changed.length === 0) return 'nothing';
  return changed.every((path) => settings.test(path.slice(path.search(/[^\\/]*$/)))) ? 'restart' : 'build';
}
