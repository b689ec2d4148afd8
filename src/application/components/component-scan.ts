import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readForwarder } from '../../forwarders/forwarder-decorator.ts';
import { hasHandlers, isFunctionClass } from '../../functions/function-definition.ts';
import { appendAll } from '../../shared/append-all.ts';
import { StatefunError, toError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import { exportedValues } from './exported-values.ts';
import { importFailure } from './import-failure.ts';
import { listFiles, type ListedFiles } from './scan-files.ts';

/** Whether a class is a function or a forwarder. */
export type ComponentKind = 'function' | 'forwarder';

/** What scanning found and what it skipped. Files are absolute paths. */
export interface ScanReport {
  readonly found: readonly { readonly file: string; readonly className: string; readonly kind: ComponentKind }[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

export interface ScanResult {
  /** Sorted by class name. */
  readonly functions: readonly ClassOf[];
  readonly forwarders: readonly ClassOf[];
  /** The folder each class was found in, as {@link toFolderPath} writes it. */
  readonly folders: ReadonlyMap<ClassOf, string>;
  readonly report: ScanReport;
  readonly problems: readonly StatefunError[];
}

interface Found {
  readonly folder: string;
  readonly file: string;
  readonly component: ClassOf;
  readonly kind: ComponentKind;
}

/** Returns the kind of a decorated class, undefined for any other value. */
export function componentKind(value: unknown): ComponentKind | undefined {
  if (isFunctionClass(value)) return 'function';
  return typeof value === 'function' && readForwarder(value as ClassOf) !== undefined ? 'forwarder' : undefined;
}

/**
 * Imports the files of the folders, in sorted order, and collects the decorated classes that they export. A class counts once, however many
 * files export it. TypeScript files are imported only from folders without JavaScript, and only if Node can load them.
 */
export async function scanComponents(folders: readonly (URL | string)[]): Promise<ScanResult> {
  const found = new Map<ClassOf, Found>();
  const skipped: { file: string; reason: string }[] = [];
  const problems: StatefunError[] = [];
  for (const folder of new Set(folders.map(toFolderPath))) {
    const { files, skipped: links } = await listOrReport(folder, problems);
    appendAll(skipped, links);
    const compiled = files.some((file) => skipReason(file, true) === undefined);
    for (const file of files) {
      const reason = skipReason(file, compiled) ?? (await importComponents(file, folder, found, problems));
      if (reason !== undefined) skipped.push({ file, reason });
    }
  }
  const sorted = [...found.values()].sort(byClassName);
  return {
    functions: sorted.filter(({ kind }) => kind === 'function').map(({ component }) => component),
    forwarders: sorted.filter(({ kind }) => kind === 'forwarder').map(({ component }) => component),
    folders: new Map(sorted.map(({ component, folder }) => [component, folder])),
    report: { found: sorted.map(({ file, component, kind }) => ({ file, className: component.name, kind })), skipped },
    problems,
  };
}

/** Returns the absolute path of a folder to scan. */
export function toFolderPath(folder: URL | string): string {
  return folder instanceof URL || folder.startsWith('file:') ? fileURLToPath(folder).replace(/[\\/]+$/, '') : resolve(folder);
}

async function listOrReport(folder: string, problems: StatefunError[]): Promise<ListedFiles> {
  try {
    return await listFiles(folder);
  } catch (cause) {
    problems.push(
      new StatefunError('SCAN_FOLDER_MISSING', `the folder ${folder} cannot be scanned: ${toError(cause).message}`, {
        facts: { folder },
        cause,
      }),
    );
    return { files: [], skipped: [] };
  }
}

function skipReason(file: string, compiled: boolean): string | undefined {
  if (/\.d\.[mc]?ts$/.test(file)) return 'declarations';
  if (/\.(?:test|spec)\.[mc]?[jt]s$/.test(file)) return 'a test';
  if (/\.cjs$|\.cts$/.test(file)) return 'CommonJS';
  if (compiled && /\.m?ts$/.test(file)) return 'TypeScript beside built JavaScript';
  return undefined;
}

/** Imports the components of a file. Returns the reason when the file contributes nothing. */
async function importComponents(
  file: string,
  folder: string,
  found: Map<ClassOf, Found>,
  problems: StatefunError[],
): Promise<string | undefined> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    // Safe: the properties of a namespace object are the exports of the file.
    exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    // A file that imports a failing one fails with the same error, which is reported once, with the first file.
    if (!problems.some((problem) => problem.cause === cause)) problems.push(importFailed(file, cause));
    return 'it could not be imported';
  }
  const values = exportedValues(exported);
  let contributes = false;
  for (const value of values) {
    const kind = componentKind(value);
    if (kind === undefined) continue;
    contributes = true;
    // componentKind answers for classes only.
    const component = value as ClassOf;
    if (!found.has(component)) found.set(component, { folder, file, component, kind });
  }
  if (contributes) return undefined;
  const undecorated = values.find((value): value is ClassOf => typeof value === 'function' && hasHandlers(value));
  return undecorated === undefined
    ? 'exports no class with @StatefunFunction or @Forwarder'
    : `exports class ${undecorated.name}, which has @Handles but no @StatefunFunction of its own`;
}

function importFailed(file: string, cause: unknown): StatefunError {
  const onlyTypeScript =
    'The folder holds TypeScript only, which this process cannot read: run npm run build, and start the built JavaScript.';
  return importFailure('SCAN_IMPORT_FAILED', file, cause, file.endsWith('ts') ? onlyTypeScript : undefined);
}

function byClassName(left: Found, right: Found): number {
  if (left.component.name !== right.component.name) return left.component.name < right.component.name ? -1 : 1;
  return left.file < right.file ? -1 : 1;
}
