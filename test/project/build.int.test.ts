import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// scripts/build.mjs on a framework of two files and one example. One step follows the other.

const projectFolder = join(import.meta.dirname, '..', '..');

let folder: string;

const write = (path: string, text: string): void => {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

function build(...parameters: readonly string[]): { status: number | null; err: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'scripts', 'build.mjs'), ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, err: stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-build-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const tool of ['typescript', 'rolldown']) symlinkSync(join(projectFolder, 'node_modules', tool), join(folder, 'node_modules', tool));
  mkdirSync(join(folder, 'scripts'));
  for (const script of ['build.mjs', 'bundle.mjs']) cpSync(join(projectFolder, 'scripts', script), join(folder, 'scripts', script));
  const compilerOptions = { module: 'NodeNext', rewriteRelativeImportExtensions: true, types: [], skipLibCheck: true };
  write('package.json', JSON.stringify({ type: 'module', workspaces: ['examples/*'] }));
  write('tsconfig.json', '{}');
  write(
    'tsconfig.build.json',
    JSON.stringify({ compilerOptions: { ...compilerOptions, rootDir: 'src', outDir: 'dist' }, include: ['src'] }),
  );
  write('src/one.ts', "export { one } from './numbers/one.ts';\n");
  write('src/numbers/one.ts', 'export const one = 1;\n');
  write('src/two.ts', 'export const two = 2;\n');
  write('examples/cart/package.json', JSON.stringify({ name: 'cart', scripts: { build: 'node compile.mjs' } }));
  write(
    'examples/cart/compile.mjs',
    "import { mkdirSync, writeFileSync } from 'node:fs';\nmkdirSync('dist');\nwriteFileSync('dist/cart.js', '');\n",
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('scripts/build.mjs --if-needed', () => {
  it('builds the framework and the examples when they are not built', () => {
    const { status, err } = build('--if-needed');

    expect(status).toBe(0);
    expect(err).toMatch(/^Building the framework.*\nBuilding examples\/cart.*\n$/);
    // Of the modules in folders nothing is left but the bundles that hold them.
    expect(readdirSync(join(folder, 'dist'), { recursive: true }).sort()).toEqual([
      '.built-from',
      'numbers',
      'one.js',
      'one.js.map',
      'two.js',
      'two.js.map',
    ]);
    expect(read('dist/one.js')).toContain('one = 1');
    expect(existsSync(join(folder, 'examples', 'cart', 'dist', 'cart.js'))).toBe(true);
  });

  it('leaves alone what is built', () => {
    const before = statSync(join(folder, 'dist')).ino;

    expect(build('--if-needed')).toEqual({ status: 0, err: '' });

    expect(statSync(join(folder, 'dist')).ino).toBe(before);
  });

  it('changes nothing when a source has a mistake', () => {
    write('src/one.ts', "export const one: number = 'one';\n");

    expect(build('--if-needed').status).toBe(2);

    expect(read('dist/one.js')).toContain('one = 1');
    expect(readdirSync(folder).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
  });

  it('builds again when sources have changed, and keeps nothing of those that are gone', () => {
    write('src/one.ts', 'export const one = 11;\n');
    rmSync(join(folder, 'src', 'two.ts'));
    rmSync(join(folder, 'examples', 'cart', 'dist'), { recursive: true });

    const { status, err } = build('--if-needed', 'cart');

    expect({ status, lines: err.split('\n').length - 1 }).toEqual({ status: 0, lines: 2 });
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['.built-from', 'numbers', 'one.js', 'one.js.map']);
    expect(read('dist/one.js')).toContain('one = 11');
  });
});
