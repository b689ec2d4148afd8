import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// npm runs some scripts of a package when somebody installs a folder, or starts its command with npx. What others use must not be built again by
// that. Needs `npm run build`, and no registry.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-install-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command with a cache of npm that is empty, and no registry. */
function run(cwd: string, command: string, ...parameters: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, parameters, {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      npm_config_cache: join(folder, 'cache'),
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_yes: 'true',
      npm_config_loglevel: 'error',
      npm_config_audit: 'false',
    },
  });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** Changes when something is built: the folder, and the file in it, are others then. */
const builtCommand = (): readonly number[] => {
  const { ino, mtimeMs } = statSync(join(projectFolder, 'dist', 'cli.js'));
  return [statSync(join(projectFolder, 'dist')).ino, ino, mtimeMs];
};

describe('a clone that is built', () => {
  it('runs its command with npx and an empty cache, and builds nothing', () => {
    const before = builtCommand();

    expect(run(projectFolder, 'npx', 'statefun', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);

    expect(builtCommand()).toEqual(before);
  });

  it('is installed by a project as it is', () => {
    const before = builtCommand();
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { statefun: `file:${projectFolder}` } }));

    run(folder, 'npm', 'install');

    expect(run(folder, join('node_modules', '.bin', 'statefun'), '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(builtCommand()).toEqual(before);
  });
});
