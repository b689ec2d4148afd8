import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ApplicationOverrides } from '../../../src/application/assemble.ts';
import { ReportFunction } from '../classes.ts';
import { explainedStart } from './explained.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statefun-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function explainedWith(yaml: string, overrides: ApplicationOverrides = {}): Promise<string> {
  await writeFile(join(folder, 'application.yaml'), yaml);
  return explainedStart({ name: 'shop', functions: [ReportFunction] }, { configurationFolder: folder, ...overrides });
}

describe('mistakes in the configuration', () => {
  it('explains an unknown key, with the nearest one', async () => {
    expect(await explainedWith('kinesis:\n  steam: orders\n')).toBe(
      `Application "shop" has 1 mistake.

1. CONFIGURATION_KEY_UNKNOWN: there is no setting kinesis.steam (application.yaml:2).
   Where: application.yaml:2
   Do:    Did you mean kinesis.stream?
`,
    );
  });

  it('explains an unusable value', async () => {
    expect(await explainedWith('stop:\n  deadline: soon\n')).toMatch(
      /^Application "shop" has 1 mistake\.\n\n1\. CONFIGURATION_VALUE_INVALID: .*stop\.deadline.*"soon".*\n {3}Where: application\.yaml:2\n {3}Do: {4}\S/,
    );
  });

  it('explains YAML that does not parse, with line and column', async () => {
    expect(await explainedWith('kinesis:\n  stream: "orders\n')).toMatch(
      /\n1\. CONFIGURATION_FILE_INVALID: application\.yaml:\d+:\d+: .*\n {3}Where: application\.yaml:\d+:\d+\n {3}Do: {4}Correct the file at the line and column that the text names\.\n/,
    );
  });

  it('explains a profile that does not exist', async () => {
    expect(await explainedWith('', { profile: 'moon' })).toMatch(
      /^Application "shop" has 1 mistake\.\n\n1\. CONFIGURATION_PROFILE_UNKNOWN: there is no profile "moon".*\n {3}Do: {4}Correct STATEFUN_PROFILE or --profile/,
    );
  });

  it('explains mistakes of the configuration and of the classes in one go', async () => {
    const text = await explainedWith('kinesis:\n  steam: orders\n', {
      profile: 'moon',
      providers: [{ provide: 'a', useFactory: () => 1, inject: ['b'] }],
    });
    expect(text).toMatch(/^Application "shop" has 3 mistakes\./);
    expect(text.match(/^\d\. [A-Z_]+/gm)?.sort()).toEqual([
      '1. CONFIGURATION_PROFILE_UNKNOWN',
      '2. CONFIGURATION_KEY_UNKNOWN',
      '3. PROVIDER_MISSING',
    ]);
  });
});
