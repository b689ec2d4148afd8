import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.ts';

const source = (path: string): string => new URL(`../../src/${path}`, import.meta.url).href;

/** An application as its built module exports it. Decorators are called by hand: the file is plain JavaScript. */
const moduleText = `
import { defineApplication } from '${source('application/definition.ts')}';
import { Handles, StatefunFunction } from '${source('functions/decorators.ts')}';
import { kinesisIngress } from '${source('connectors/kinesis/kinesis-ingress.ts')}';
class Echo { onEcho() {} }
Handles('echo')(Echo.prototype, 'onEcho', Object.getOwnPropertyDescriptor(Echo.prototype, 'onEcho'));
StatefunFunction('test/echo')(Echo);
export default defineApplication({ name: 'echo', functions: [Echo], ingress: [kinesisIngress({ stream: 'in-code' })] });
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-cli-configuration-'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'echo', type: 'module', main: 'dist/application.mjs' }));
  writeFileSync(join(folder, 'dist', 'application.mjs'), moduleText);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  delete process.env['STATEFUN_KINESIS__STREAM'];
});

async function run(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(parameters, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

describe('settings on the command line', () => {
  it.each([
    ['the folder of the package', () => folder],
    ['a module in it', () => join(folder, 'dist', 'application.mjs')],
  ])('are read from the files beside package.json, for %s', async (_, path) => {
    writeFileSync(join(folder, 'application.yaml'), 'kinesis.stream: in-file\n');
    writeFileSync(join(folder, 'application-local.yaml'), 'kinesis.stream: in-profile\n');

    expect((await run('graph', path())).out).toContain('Kinesis stream in-file');
    expect((await run('graph', path(), '--profile', 'local')).out).toContain('Kinesis stream in-profile');
  });

  it('come from the environment, and from --set above it', async () => {
    process.env['STATEFUN_KINESIS__STREAM'] = 'in-environment';

    expect((await run('graph', folder)).out).toContain('Kinesis stream in-environment');
    expect((await run('graph', folder, '--set', 'kinesis.stream=on-line', '--set', 'kinesis.region=r')).out).toContain(
      'Kinesis stream on-line',
    );
  });

  it('are checked by every command, all mistakes at once', async () => {
    writeFileSync(join(folder, 'application.yaml'), 'kinesis:\n  straem: orders\n');

    const { code, err } = await run('check', folder, '--set', 'stop.deadline=later', '--profile', 'nowhere');

    expect(code).toBe(1);
    expect(err).toContain('there is no setting kinesis.straem');
    expect(err).toContain('application.yaml:2');
    expect(err).toContain('Did you mean kinesis.stream?');
    expect(err).toContain('stop.deadline is "later"');
    expect(err).toContain('there is no profile "nowhere"');
  });
});
