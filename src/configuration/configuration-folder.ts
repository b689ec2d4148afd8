import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { withoutByteOrderMark } from '../shared/text/byte-order-mark.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import type { ConfiguredValue } from './configured-value.ts';
import type { Environment } from './variable-source.ts';
import { yamlValues } from './yaml-source.ts';

/** Largest file of settings, in bytes. A larger one is probably the wrong file. */
const fileBytesMax = 1024 * 1024;

/** The result of reading, with its problems. */
interface Read<T> {
  readonly found: T;
  readonly problems: readonly StatefunError[];
}

/** The folder of application.yaml, the files of profiles and .env. When undefined, there are no files. */
export class ConfigurationFolder {
  readonly #folder: string | undefined;
  #names: readonly string[] = [];

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Lists the folder. */
  async open(): Promise<readonly StatefunError[]> {
    if (this.#folder === undefined) return [];
    try {
      this.#names = (await readdir(this.#folder)).sort();
      return [];
    } catch (cause) {
      return [unreadable(this.#folder, cause)];
    }
  }

  /** Profiles that have a file. */
  get profiles(): readonly string[] {
    return [...new Set(this.#names.flatMap((name) => /^application-(.+)\.ya?ml$/.exec(name)?.[1] ?? []))];
  }

  /** Reads application.yaml or the file of a profile. Returns no values when there is no file. */
  async values(profile?: string): Promise<Read<readonly ConfiguredValue[]>> {
    const stem = profile === undefined ? 'application' : `application-${profile}`;
    const name = [`${stem}.yaml`, `${stem}.yml`].find((candidate) => this.#names.includes(candidate));
    if (name === undefined) return { found: [], problems: [] };
    const { found: text, problems } = await this.#read(name);
    if (text === undefined) return { found: [], problems };
    const layer = profile === undefined ? 'file' : 'profile-file';
    const { values, problems: mistakes } = await yamlValues({ name, text, layer });
    return { found: values, problems: mistakes };
  }

  /** Reads the variables of .env, and the line of each. */
  async variables(): Promise<Read<{ readonly variables: Environment; readonly lineOf: (name: string) => number }>> {
    const nothing = { variables: {}, lineOf: () => 0 };
    if (!this.#names.includes('.env')) return { found: nothing, problems: [] };
    const { found: text, problems } = await this.#read('.env');
    if (text === undefined) return { found: nothing, problems };
    const lines = text.split('\n');
    // The last assignment counts.
    const lineOf = (name: string): number =>
      lines.findLastIndex((line) => new RegExp(`^\\s*(?:export\\s+)?${name.replace(/\W/g, '\\$&')}\\s*=`).test(line)) + 1;
    return { found: { variables: parseEnv(text), lineOf }, problems };
  }

  async #read(name: string): Promise<Read<string | undefined>> {
    const path = join(this.#folder ?? '', name);
    try {
      const text = await readFile(path, 'utf8');
      if (Buffer.byteLength(text) <= fileBytesMax) return { found: withoutByteOrderMark(text), problems: [] };
      const summary = `${path} has more than ${fileBytesMax} bytes.`;
      return { found: undefined, problems: [new StatefunError('CONFIGURATION_FILE_INVALID', summary, { facts: { place: path } })] };
    } catch (cause) {
      return { found: undefined, problems: [unreadable(path, cause)] };
    }
  }
}

function unreadable(path: string, cause: unknown): StatefunError {
  const summary = `${path} cannot be read: ${toError(cause).message}`;
  return new StatefunError('CONFIGURATION_FILE_INVALID', summary, {
    facts: { place: path },
    hint: 'Check the path and who may read it.',
    cause,
  });
}
