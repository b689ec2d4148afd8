import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Configuration } from '../../src/configuration/configuration.ts';
import { loadConfiguration, type ConfigurationSources } from '../../src/configuration/load-configuration.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-configuration-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

const load = (sources: ConfigurationSources = {}): Promise<Configuration> => loadConfiguration({ folder, ...sources });
const said = ({ problems }: Configuration): readonly string[] => problems.map(({ code, summary, hint }) => `${code} ${summary} ${hint}`);

describe('references and secrets', () => {
  it('takes what env: and file: lead to, and shows only where', async () => {
    write({
      key: ' s3cret \n',
      'application.yaml': 'kinesis:\n  secret-access-key: file:key\n  access-key-id: env:ID\n  poll-interval: env:POLL\n',
      '.env': 'ID=from-env-file\n',
    });

    const configuration = await load({ environment: { POLL: '2s' } });

    expect(configuration.problems).toEqual([]);
    expect(configuration.get('kinesis.secret-access-key')).toBe('s3cret');
    expect(configuration.get('kinesis.access-key-id')).toBe('from-env-file');
    expect(configuration.get('kinesis.poll-interval')).toBe(2_000);
    expect(configuration.explain()).toContainEqual({ key: 'kinesis.secret-access-key', value: 'file:key', origin: 'application.yaml:2' });
  });

  it('reports references that lead nowhere, but not those of values that are overridden (CONFIGURATION-K2)', async () => {
    write({ 'application.yaml': 'kinesis:\n  region: env:NONE\n  stream: env:NONE\n  access-key-id: file:/none\n' });

    expect(said(await load({ overrides: { 'kinesis.stream': 'orders' } }))).toEqual([
      expect.stringContaining(
        'CONFIGURATION_REFERENCE_MISSING kinesis.region (application.yaml:2) refers to the environment variable NONE, which is not set.',
      ),
      expect.stringMatching(
        /CONFIGURATION_REFERENCE_MISSING kinesis\.access-key-id \(application\.yaml:4\) refers to the file \/none, which cannot be read: ENOENT/,
      ),
    ]);
  });

  it('leaves URLs of files alone', async () => {
    expect((await load({ overrides: { 'state.folder': 'file:///data' } })).get('state.folder')).toBe('file:///data');
  });

  it('shows no secret: not in explanations, errors or printed objects (CONFIGURATION-K3)', async () => {
    const configuration = await load({
      environment: {
        STATEFUN_KINESIS__SECRET_ACCESS_KEY: 'hunter2',
        STATEFUN_KINESIS__ENDPOINT: 'http://me:hunter2@host',
        STATEFUN_KINESIS__SESSION_TOKEN: 'hunter2',
      },
      overrides: { 'kinesis.session-token': ['hunter2'] },
    });

    expect(said(configuration)).toEqual([expect.stringContaining('kinesis.session-token is ****** (overrides)')]);
    expect(configuration.explain()).toContainEqual({
      key: 'kinesis.secret-access-key',
      value: '******',
      origin: 'environment variable STATEFUN_KINESIS__SECRET_ACCESS_KEY',
    });
    expect(JSON.stringify([configuration, configuration.explain(), said(configuration)])).not.toContain('hunter2');
    expect(configuration.lookup('kinesis.endpoint')).toBe('http://me:hunter2@host');
  });
});
