import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StatefunError, toError } from '../shared/errors.ts';
import { isPlainObject, levelsMax, type ConfiguredValue } from './configured-value.ts';
import type { Environment } from './variable-source.ts';

/** A secret or a certificate, in bytes; more is the wrong file. */
const referencedBytesMax = 1024 * 1024;

export interface ReferenceSources {
  /** The environment, with what .env adds to it. */
  readonly environment: Environment;
  /** What relative paths start from. */
  readonly folder: string | undefined;
}

/** A value whose references are resolved. */
export interface ResolvedValue extends ConfiguredValue {
  /** For a value with references: what is shown, the references themselves. What they lead to is kept to itself. */
  readonly shown?: unknown;
}

/**
 * Puts in the place of every text `env:NAME` what the variable holds, and of `file:path` what the file holds, without the space around it.
 * `file://…` is a URL and stays as it is. What a reference leads to is not looked at again. Options and code are taken as they are.
 *
 * Answers with CONFIGURATION_REFERENCE_MISSING for a reference that leads nowhere.
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

/** What a reference names is not there. */
class UnresolvedReference extends Error {}

/** The very same value when there is no reference in it. */
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

async function resolveText(text: string, { environment, folder }: ReferenceSources): Promise<string> {
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
  if (variable !== undefined) {
    const value = environment[variable];
    if (value === undefined || value === '') throw new UnresolvedReference(`the environment variable ${variable}, which is not set`);
    return value;
  }
  const path = /^file:(?!\/\/)(.+)$/.exec(text)?.[1];
  if (path === undefined) return text;
  const file = resolve(folder ?? '.', path);
  try {
    if ((await stat(file)).size > referencedBytesMax) throw new Error(`it has more than ${referencedBytesMax} bytes`);
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new UnresolvedReference(`the file ${file}, which cannot be read: ${toError(cause).message}`, { cause });
  }
}
