import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { main } from '../../src/cli/main.ts';

const packageFolder = join(import.meta.dirname, '..', '..');

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'statefun-create-')));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function create(...parameters: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await main(['create', ...parameters], { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

interface Manifest {
  readonly name: string;
  readonly type: string;
  readonly main: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}
const readManifest = (path: string): Manifest => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;

describe('statefun create', () => {
  it('makes a folder with everything a project has', async () => {
    const project = join(folder, 'teams', 'carts');

    const { code, out, err } = await create(project);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(readdirSync(project).sort()).toEqual(
      ['.gitignore', 'README.md', 'events.jsonl', 'package.json', 'src', 'test', 'tsconfig.json'].sort(),
    );
    expect(readdirSync(join(project, 'src')).sort()).toEqual(['application.ts', 'events', 'forwarders', 'functions']);
    expect(readdirSync(join(project, 'test')).sort()).toEqual(['application.test.ts', 'fixtures', 'forwarders', 'functions']);
    expect(readManifest(project)).toMatchObject({ name: 'carts', type: 'module', scripts: { build: 'tsc' } });
    expect(readFileSync(join(project, 'README.md'), 'utf8')).toMatch(/^# carts\n/);
    expect(readFileSync(join(project, '.gitignore'), 'utf8').split('\n')).toEqual(expect.arrayContaining(['node_modules/', '.statefun/']));
    expect(out).toMatch(/^Created carts in .*\n\n {2}cd .*carts\n {2}npm install\n {2}npm test\n {2}npm start\n/);
  });

  it('takes the name it is given, a scope included', async () => {
    expect(await create(folder, '--name', '@team/carts')).toMatchObject({ code: 0 });

    expect(readManifest(folder).name).toBe('@team/carts');
  });

  it('fills a folder that holds nothing but a fresh repository', async () => {
    mkdirSync(join(folder, 'carts', '.git'), { recursive: true });

    expect(await create(join(folder, 'carts'))).toMatchObject({ code: 0 });
  });

  it('depends on the clone it runs from, by a path relative to the project', async () => {
    const project = join(folder, 'carts');
    await create(project);

    const specifier = readManifest(project).dependencies['statefun'] ?? '';

    expect(specifier).toMatch(/^file:\.\.\//);
    expect(resolve(project, specifier.slice('file:'.length))).toBe(realpathSync(packageFolder));
  });

  it('depends on the tarball it is given, by a path relative to the project', async () => {
    writeFileSync(join(folder, 'statefun-9.9.9.tgz'), '');
    await create(join(folder, 'carts'), '--statefun', join(folder, 'statefun-9.9.9.tgz'));

    expect(readManifest(join(folder, 'carts')).dependencies['statefun']).toBe('file:../statefun-9.9.9.tgz');
  });

  it('refuses a folder that is not empty, naming what is in it, and changes nothing', async () => {
    for (const name of ['notes.txt', 'a', 'b', 'c']) writeFileSync(join(folder, name), 'mine');

    const { code, out, err } = await create(folder, '--name', 'carts');

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(
      `CREATE_FOLDER_NOT_EMPTY: the folder ${folder} is not empty: a, b, c and 1 more.\n` +
        '  Hint: Give an empty folder, or one that does not exist yet: existing files are never overwritten.\n',
    );
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'c', 'notes.txt']);
  });

  it('refuses a path that is a file', async () => {
    writeFileSync(join(folder, 'carts'), 'mine');

    const { code, err } = await create(join(folder, 'carts'));

    expect(code).toBe(1);
    expect(err).toMatch(/^CREATE_FOLDER_UNUSABLE: a project cannot be created in .*carts: EEXIST/);
    expect(readFileSync(join(folder, 'carts'), 'utf8')).toBe('mine');
  });

  it('refuses a name that npm does not take, suggests one, and makes no folder', async () => {
    const { code, err } = await create(join(folder, 'My Carts'));

    expect(code).toBe(1);
    expect(err).toContain('CREATE_NAME_INVALID: "My Carts" cannot be the name of a package: npm takes lower-case letters');
    expect(err).toContain('such as --name my-carts\n');
    expect(existsSync(join(folder, 'My Carts'))).toBe(false);
  });

  it('refuses a framework that is not there, and makes no folder', async () => {
    const { code, err } = await create(join(folder, 'carts'), '--statefun', join(folder, 'gone.tgz'));

    expect(code).toBe(1);
    expect(err).toContain(`CREATE_PACKAGE_MISSING: there is no file or folder ${join(folder, 'gone.tgz')}.`);
    expect(existsSync(join(folder, 'carts'))).toBe(false);
  });
});
