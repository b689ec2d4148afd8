import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StatefunError, toError } from '../../shared/errors.ts';
import { isApplicationDefinition, type ApplicationDefinition } from '../definition.ts';
import { exportedDefault, exportedValues } from '../components/exported-values.ts';
import { importFailure } from '../components/import-failure.ts';

export interface LoadedApplication {
  readonly application: ApplicationDefinition;
  /** The absolute path of the file that exports the application. */
  readonly entry: string;
  /** The name of the package or folder, used for an application without a name. */
  readonly defaultName: string;
  /** The folder of package.json, or else of the entry file. It contains the files with settings. */
  readonly folder: string;
}

/** Conditions of `exports` in package.json that hold for an import by Node. */
const conditions: readonly string[] = ['node', 'import', 'module-sync', 'default'];

/**
 * Imports the file that exports an application: the given file, or the one named by `exports` or `main` in a folder's package.json.
 *
 * Throws APPLICATION_ENTRY_MISSING, APPLICATION_ENTRY_TYPESCRIPT, APPLICATION_ENTRY_FAILED or APPLICATION_ENTRY_INVALID.
 */
export async function loadApplication(path: string): Promise<LoadedApplication> {
  const given = resolve(path);
  const kind = await kindOf(given);
  if (kind === 'missing') throw missing(`there is no file or folder ${given}.`, given);
  const { entry, defaultName } =
    kind === 'folder' ? await readPackage(given) : { entry: given, defaultName: basename(given).replace(/\.[^.]+$/, '') };
  if (/\.[mc]?tsx?$/.test(entry)) {
    throw new StatefunError('APPLICATION_ENTRY_TYPESCRIPT', `${entry} is TypeScript; applications run as built JavaScript.`, {
      facts: { entry },
    });
  }
  if ((await kindOf(entry)) !== 'file')
    throw missing(`there is no file ${entry}${kind === 'folder' ? `, which ${join(given, 'package.json')} names` : ''}.`, entry);
  const folder = kind === 'folder' ? given : await packageFolder(dirname(entry));
  return { application: await importApplication(entry), entry, defaultName, folder };
}

/** Returns the nearest folder with a package.json, from the given one upwards, or else the given folder. */
async function packageFolder(start: string): Promise<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    if ((await kindOf(join(folder, 'package.json'))) === 'file') return folder;
    if (folder === dirname(folder)) return start;
  }
}

async function readPackage(folder: string): Promise<{ entry: string; defaultName: string }> {
  const file = join(folder, 'package.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw missing(`${folder} has no package.json.`, folder, cause);
  }
  let manifest: { readonly name?: unknown; readonly main?: unknown; readonly exports?: unknown };
  try {
    manifest = JSON.parse(text) as typeof manifest;
  } catch (cause) {
    throw missing(`${file} is not JSON: ${toError(cause).message}`, file, cause);
  }
  const entry = exportedEntry(manifest.exports) ?? (typeof manifest.main === 'string' ? manifest.main : undefined);
  if (entry === undefined) throw missing(`${file} has neither main nor exports.`, file);
  return { entry: resolve(folder, entry), defaultName: typeof manifest.name === 'string' ? manifest.name : basename(folder) };
}

/** Returns the entry that `exports` names: a string, or conditions, at the top level or under ".". */
function exportedEntry(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  const entries = exported as Readonly<Record<string, unknown>>;
  if ('.' in entries) return exportedEntry(entries['.']);
  // Node uses the first condition that holds, in the order of the file.
  const condition = Object.keys(entries).find((key) => conditions.includes(key) && exportedEntry(entries[key]) !== undefined);
  return condition === undefined ? undefined : exportedEntry(entries[condition]);
}

async function importApplication(entry: string): Promise<ApplicationDefinition> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    // Safe: the properties of a namespace object are the exports of the file.
    exported = (await import(pathToFileURL(entry).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw importFailure('APPLICATION_ENTRY_FAILED', entry, cause);
  }
  const byDefault = exportedDefault(exported);
  if (isApplicationDefinition(byDefault)) return byDefault;
  const applications = exportedValues(exported).filter(isApplicationDefinition);
  const [application] = applications;
  if (application !== undefined && applications.length === 1) return application;
  const what = applications.length === 0 ? 'no application' : `${applications.length} applications and none of them by default`;
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw new StatefunError('APPLICATION_ENTRY_INVALID', `${entry} exports ${what}. It exports: ${names}.`, {
    facts: { entry, exports: Object.keys(exported) },
  });
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'missing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'missing';
  }
}

function missing(summary: string, path: string, cause?: unknown): StatefunError {
  return new StatefunError('APPLICATION_ENTRY_MISSING', summary, { facts: { path }, ...(cause === undefined ? {} : { cause }) });
}
