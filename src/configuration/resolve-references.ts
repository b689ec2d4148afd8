import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StatefunError, toError } from '../shared/errors.ts';
import { levelsMax, type ConfiguredValue } from './configured-value.ts';
import { isPlainObject } from '../shared/plain-object.ts';
import type { Environment } from './variable-source.ts';

/** Largest referenced file, in bytes: a secret or a certificate. */
const referencedBytesMax = 1024 * 1024;

export interface ReferenceSources {
  /** The environment and the variables of .env. */
  readonly environment: Environment;
  /** Folder for relative paths. */
  readonly folder: string | undefined;
  /** Whether `file:path` is a reference. @defaultValue `true` */
  readonly files?: boolean;
}

/** A value with resolved references. */
export interface ResolvedValue extends ConfiguredValue {
  /** The unresolved value for display, if it has references. The resolved value is never shown. */
  readonly shown?: unknown;
}

/**
 * Replaces every text `env:NAME` by the value of the variable, and `file:path` by the trimmed content of the file. `file://…` is a URL and stays. The
 * replacements are not resolved again. Values of options and code are not resolved.
 *
 * Returns CONFIGURATION_REFERENCE_MISSING for a reference without a target.
 */
export async function resolveReferences(given: ConfiguredValue, sources: ReferenceSources): Promise<ResolvedValue | StatefunError> {
  if (given.layer === 'code' || given.layer === 'machine' || given.layer === 'options') return given;
  try {
    const value = await resolveIn(given.value, sources, 0);
    if (value === given.value) return given;
    return { ...given, value, shown: given.value, ...(typeof value === 'string' ? { isText: true as const } : {}) };
  } catch (thrown) {
    if (!(thrown instanceof UnresolvedReference)) throw thrown;
    const key = given.path.join('.');
    const summary = `${key} (${given.origin}) refers to ${thrown.message}.`;
    return new StatefunError('CONFIGURATION_REFERENCE_MISSING', summary, { facts: { key, origin: given.origin }, cause: thrown.cause });
  }
}

/** The target of a reference does not exist. */
class UnresolvedReference extends Error {}

/** Returns the same value when it has no reference. */
async function resolveIn(value: unknown, sources: ReferenceSources, depth: number): Promise<unknown> {
  if (typeof value === 'string') return resolveText(value, sources);
  if (depth >= levelsMax) return value;
  if (Array.isArray(value)) {
    const items = await Promise.all(value.map((item: unknown) => resolveIn(item, sources, depth + 1)));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isPlainObject(value)) return value;
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value)) entries.push([key, await resolveIn(inner, sources, depth + 1)]);
  return entries.every(([key, inner]) => inner === value[key]) ? value : Object.fromEntries(entries);
}

async function resolveText(text: string, { environment, folder, files = true }: ReferenceSources): Promise<string> {
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
  if (variable !== undefined) {
    const value = environment[variable];
    if (value === undefined || value === '') throw new UnresolvedReference(`the environment variable ${variable}, which is not set`);
    return value;
  }
  const path = /^file:(?!\/\/)(.+)$/.exec(text)?.[1];
  if (path === undefined || !files) return text;
  const file = resolve(folder ?? '.', path);
  try {
    if ((await stat(file)).size > referencedBytesMax) throw new Error(`it has more than ${referencedBytesMax} bytes`);
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new UnresolvedReference(`the file ${file}, which cannot be read: ${toError(cause).message}`, { cause });
  }
}
