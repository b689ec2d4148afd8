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
}

// Both files are npm's, and have the shape that npm documents.
const readJson = (path: string): unknown => JSON.parse(readFileSync(join(projectFolder, path), 'utf8'));
const lock = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Manifest>> };
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
});
