import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StatefunError } from '../shared/errors.ts';
import { storeFileName } from '../storage/folder/state-folder.ts';

/** Parent of the state folders that applications use by default. */
const defaultParent = '.statefun';

export interface StateFolderSources {
  /** Folder named on the command line. */
  readonly given: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
}

/** Returns the given folder, $STATEFUN_STATE_FOLDER, or the only folder in .statefun. Throws STATE_FOLDER_UNDECIDED. */
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
