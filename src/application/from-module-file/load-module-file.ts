import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { readModuleFile } from '../../request-reply/module-file/read-module-file.ts';
import type { ApplicationDefinition } from '../definition.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import { countOf } from '../../shared/text/count-of.ts';
import { moduleFileApplication } from './module-file-application.ts';

export interface LoadedModuleFile {
  readonly application: ApplicationDefinition;
  /** The name of the folder that contains the file. */
  readonly defaultName: string;
  readonly folder: string;
  readonly warnings: readonly StatefunError[];
}

/** Reads a module file and builds its application. Throws MODULE_FILE_INVALID with every mistake in the file. */
export async function loadModuleFile(path: string): Promise<LoadedModuleFile> {
  const file = resolve(path);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new StatefunError('MODULE_FILE_INVALID', `${path} cannot be read: ${toError(cause).message}.`, { facts: { file }, cause });
  }
  const description = readModuleFile(text, path);
  const { problems, warnings } = description;
  if (problems.length > 0) {
    const items = problems.map(({ summary }) => `  ${summary}`);
    throw new StatefunError('MODULE_FILE_INVALID', [`${path} has ${countOf(problems.length, 'mistake')}:`, ...items].join('\n'), {
      facts: { file, problems },
    });
  }
  const folder = dirname(file);
  return { application: moduleFileApplication(description), defaultName: basename(folder), folder, warnings };
}
