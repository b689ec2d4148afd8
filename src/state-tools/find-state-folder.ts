import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StatefunError } from '../shared/errors.ts';
import { storeFileName } from '../storage/folder/state-folder.ts';

/** Where applications keep their state by default; see state-folder.ts. */
const defaultParent = '.statefun';

export interface StateFolderSources {
  /** What was asked for. */
  readonly given: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}

/** The folder that is meant: the given one, $STATEFUN_STATE_FOLDER, or the only one in .statefun. Throws STATE_FOLDER_UNDECIDED. */
export function findStateFolder({ given, environment, workingFolder }: StateFolderSources): string {
  const named = given ?? environment['STATEFUN_STATE_FOLDER'];
  if (named !== undefined && named !== '') return resolve(workingFolder, named);
  const parent = join(workingFolder, defaultParent);
  const names = existsSync(parent) ? readdirSync(parent).filter((name) => existsSync(join(parent, name, storeFileName))) : [];
  const [only] = names;
  if (only !== undefined && names.length === 1) return join(parent, only);
  const found = names.length === 0 ? `${parent} holds none` : `${parent} holds ${names.sort().join(', ')}`;
  throw new StatefunError('STATE_FOLDER_UNDECIDED', `no state folder was named, and ${found}.`, { facts: { parent, found: names } });
}
