import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chooseDependency, toPackageSpecifier } from '../../../src/cli/create/framework-dependency.ts';

const clone = { folder: resolve('.'), version: '1.2.3' };

describe('chooseDependency', () => {
  it.each(['/home/me/shop/node_modules/statefun/', 'C:\\shop\\node_modules\\statefun\\'])(
    'answers with the version that runs where npm installed it (%s)',
    (folder) => {
      expect(chooseDependency(undefined, { folder, version: '1.2.3' })).toEqual({ version: '^1.2.3' });
    },
  );

  it('answers with the folder of a clone, whose version may never have been published', () => {
    expect(chooseDependency(undefined, clone)).toEqual({ path: clone.folder });
  });

  it.each([
    '1.2.3',
    '^0.1',
    'latest',
    'https://example.com/statefun-1.2.3.tgz',
    'git+ssh://git@example.com/team/statefun.git',
    'npm:other@1',
  ])('leaves %s to npm', (given) => {
    expect(chooseDependency(given, clone)).toEqual({ version: given });
  });

  it.each(['.', './src', 'file:src', resolve('src')])('takes %s for a path', (given) => {
    expect(chooseDependency(given, clone)).toEqual({ path: resolve(given.replace('file:', '')) });
  });

  it.each(['./nowhere', '../nowhere/at/all', 'statefun-0.0.0.tgz', 'file:nowhere'])('refuses %s, which is not there', (given) => {
    expect(() => chooseDependency(given, clone)).toThrow(expect.objectContaining({ code: 'CREATE_PACKAGE_MISSING' }));
  });
});

describe('toPackageSpecifier', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statefun-dependency-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves a version as it is', () => {
    expect(toPackageSpecifier({ version: '^1.2.3' }, folder)).toBe('^1.2.3');
  });

  it('goes from where the project really is when a link led there, as npm does', () => {
    mkdirSync(join(folder, 'disk', 'projects', 'carts'), { recursive: true });
    symlinkSync(join(folder, 'disk', 'projects'), join(folder, 'projects'));
    writeFileSync(join(folder, 'statefun.tgz'), '');

    const specifier = toPackageSpecifier({ path: join(folder, 'statefun.tgz') }, join(folder, 'projects', 'carts'));

    expect(specifier).toBe('file:../../../statefun.tgz');
  });
});
