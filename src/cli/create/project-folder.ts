import { mkdir, readdir } from 'node:fs/promises';
import { StatefunError, toError } from '../../shared/errors.ts';

/** Files that may exist in the folder already: a repository is often created first. */
const harmless: readonly string[] = ['.git', '.DS_Store'];

/** Creates the folder if it is missing, and changes nothing that exists. Throws CREATE_FOLDER_NOT_EMPTY and CREATE_FOLDER_UNUSABLE. */
export async function ensureProjectFolder(folder: string): Promise<void> {
  const names = await listFolder(folder);
  const inTheWay = names.filter((name) => !harmless.includes(name)).sort();
  if (inTheWay.length === 0) return;
  const shown = inTheWay.slice(0, 3).join(', ');
  const rest = inTheWay.length > 3 ? ` and ${inTheWay.length - 3} more` : '';
  throw new StatefunError('CREATE_FOLDER_NOT_EMPTY', `the folder ${folder} is not empty: ${shown}${rest}.`, {
    facts: { folder, names: inTheWay },
  });
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    await mkdir(folder, { recursive: true });
    return await readdir(folder);
  } catch (cause) {
    throw new StatefunError('CREATE_FOLDER_UNUSABLE', `a project cannot be created in ${folder}: ${toError(cause).message}`, {
      facts: { folder },
      cause,
    });
  }
}
