import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
  readonly hasInstallScript?: boolean;
}

// These files are npm's, and have the shape that npm documents.
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(projectFolder, path), 'utf8'));
const lock = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Manifest>> };
/** Packages that have lock files of their own: only a suite or a tool needs them. */
const suites = [
  'benchmarks',
  'benchmarks/node-versions',
  'benchmarks/peers/restate',
  'scripts/docker-lint',
  'scripts/envelope-generator',
  'test/request-reply/serving/http/mounts',
];
const projects = Object.keys(lock.packages).filter((path) => path === '' || path.startsWith('examples/'));

const toDependencies = ({ dependencies, devDependencies, peerDependencies }: Manifest): Manifest => ({
  ...(dependencies && { dependencies }),
  ...(devDependencies && { devDependencies }),
  ...(peerDependencies && { peerDependencies }),
});

describe('package-lock.json', () => {
  it('holds optional packages of every platform, so that npm ci works on each', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/complete-lock-file.mjs', '--check'], {
      cwd: projectFolder,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each(projects)('locks what package.json of "%s" asks for', (project) => {
    const manifest = readJson(join(project, 'package.json')) as Manifest;
    expect(toDependencies(lock.packages[project] ?? {})).toEqual(toDependencies(manifest));
  });

  it.each(suites)('of %s locks what its package.json asks for, each in one version', (suite) => {
    const { packages } = readJson(join(suite, 'package-lock.json')) as { packages: Readonly<Record<string, Manifest>> };
    const { dependencies = {} } = readJson(join(suite, 'package.json')) as Manifest;

    expect(packages['']?.dependencies).toEqual(dependencies);
    expect(Object.values(dependencies).filter((version) => !/^(?:npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('has an answer for every install script, so that npm ci warns about none', () => {
    const { allowScripts = {} } = readJson('package.json') as Manifest;
    const scripted = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);

    const names = new Set(scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));

    expect(names.size).toBeGreaterThan(0);
    expect(Object.keys(allowScripts).sort()).toEqual([...names].sort());
  });
});

describe('package.json', () => {
  // npm runs these when somebody installs a folder, or starts its command with npx.
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare', 'dependencies'];

  it.each(['', ...projects.filter((path) => path !== '')])('of "%s" has no script that npm runs while it installs', (project) => {
    const { scripts = {} } = readJson(join(project, 'package.json')) as Manifest;

    expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
  });

  it('builds before it is packed or published', () => {
    expect((readJson('package.json') as Manifest).scripts?.['prepack']).toBe('npm run --silent build');
  });
});
