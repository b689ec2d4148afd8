import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A new project as a user gets it: the package is packed and installed, its command creates a project, and the project does what its
// README says. One step follows the other. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;
let project: string;
let tarball: string;

interface Result {
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end, which must be a good one. */
function run(cwd: string, command: string, ...args: readonly string[]): Result {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: '', npm_config_loglevel: 'error', NODE_TEST_CONTEXT: undefined },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return { out: stdout, err: stderr };
}

interface Greeted {
  readonly type: string;
  readonly data: { readonly name: string; readonly visits: number };
}
const greetings = (lines: string): readonly Greeted[] =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Greeted);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-new-project-'));
  project = join(folder, 'carts');
  const { out } = run(folder, 'npm', 'pack', projectFolder, '--ignore-scripts', '--json', '--pack-destination', folder);
  const [packed] = JSON.parse(out) as readonly [{ readonly filename: string }];
  tarball = join(folder, packed.filename);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a project made by the packed command', () => {
  it('is created from the package alone', () => {
    // The unpacked package with no packages around it but its own dependencies.
    run(folder, 'npm', 'install', '--prefix', join(folder, 'command'), '--prefer-offline', '--no-audit', '--no-fund', tarball);
    const statefun = join(folder, 'command', 'node_modules', '.bin', 'statefun');

    const { out } = run(folder, statefun, 'create', 'carts', '--statefun', tarball);

    expect(out).toContain('Created carts in');
    const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { readonly dependencies: object };
    expect(manifest.dependencies).toMatchObject({ statefun: expect.stringMatching(/^file:\.\.\/statefun-.*\.tgz$/) });
    expect(existsSync(join(project, 'dist'))).toBe(false);
  });

  it('installs', () => {
    run(project, 'npm', 'install', '--prefer-offline', '--no-audit', '--no-fund');

    expect(existsSync(join(project, 'node_modules', '.bin', 'statefun'))).toBe(true);
  });

  it('builds, and passes its tests', () => {
    const { out } = run(project, 'npm', 'test', '--silent');

    expect(out).toMatch(/^(?:#|ℹ) pass [1-9]\d*$/m);
    expect(out).toMatch(/^(?:#|ℹ) fail 0$/m);
    expect(existsSync(join(project, 'dist', 'src', 'application.js'))).toBe(true);
  });

  it('runs: handles the events of its file and prints what leaves', () => {
    const { out, err } = run(project, 'npm', 'start', '--silent');

    expect(greetings(out).map(({ type, data }) => [type, data.name, data.visits])).toEqual([
      ['example.visitor-greeted', 'Ada', 1],
      ['example.visitor-greeted', 'Grace', 1],
      ['example.visitor-greeted', 'Ada', 2],
    ]);
    expect(err).toContain('started carts in');
  });

  it('goes on where it stopped when it runs again', () => {
    const event = { specversion: '1.0', id: '4', source: '/door', type: 'example.visitor-came', data: { name: 'Ada' } };
    appendFileSync(join(project, 'events.jsonl'), `${JSON.stringify(event)}\n`);

    const { out } = run(project, 'npm', 'start', '--silent');

    expect(greetings(out).map(({ data }) => [data.name, data.visits])).toEqual([['Ada', 3]]);
  });

  it('plays its fixture from the command line', () => {
    const { err } = run(project, join('node_modules', '.bin', 'statefun'), 'play', '.', '--events', 'test/fixtures/visits.jsonl');

    expect(err).toContain('2 events, 2 invocations, 2 egress events, 0 dead letters');
  });
});
