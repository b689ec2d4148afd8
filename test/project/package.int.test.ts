import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publint } from 'publint';

// The package as a user gets it: packed, installed into an empty folder, imported, required and compiled against. Needs `npm run build`.

const projectFolder = join(import.meta.dirname, '..', '..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}
// The file is ours: what it holds is checked by npm when it is packed.
const manifest = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as Manifest;

/** 'statefun', 'statefun/testing', …: every name a user can import. */
const names = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .map((path) => (path === '.' ? manifest.name : `${manifest.name}/${path.slice(2)}`));

/** Names that work without the optional AWS clients. */
const selfContained = names.filter((name) => !name.endsWith('/kinesis') && !name.endsWith('/s3'));

let folder: string;
let packedFiles: readonly string[];

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', npm_config_loglevel: 'error' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-package-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const packed = run('npm', 'pack', projectFolder, '--ignore-scripts', '--json', '--pack-destination', folder);
  const [tarball] = JSON.parse(packed) as readonly [{ readonly filename: string; readonly files: readonly { readonly path: string }[] }];
  packedFiles = tarball.files.map((file) => file.path);
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--omit=optional', `./${tarball.filename}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed package', () => {
  it('holds the built code, its sources, the documents, the licence and what "statefun create" copies, and nothing of the tests', () => {
    expect(packedFiles).toEqual(
      expect.arrayContaining([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'docs/errors.md',
        'dist/index.js',
        'dist/index.d.ts',
        'src/index.ts',
      ]),
    );
    const expected = /^(?:dist|src|bin|docs|schema|examples\/greeter\/(?:src|test))\/|^(?:examples\/greeter\/)?[^/]+$/;
    expect(packedFiles.filter((path) => !expected.test(path))).toEqual([]);
    expect(packedFiles.filter((path) => !path.includes('/')).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
  });

  it('holds every file that its texts and comments name', () => {
    const sources = packedFiles.filter((path) => /^(?:src|bin)\/.*\.(?:ts|js)$/.test(path));
    const named = sources.flatMap((path) =>
      [...readFileSync(join(projectFolder, path), 'utf8').matchAll(/\b(?:docs|schema)\/[\w./-]+\.\w+/g)].map(([name]) => name),
    );

    expect(new Set(named).size).toBeGreaterThan(3);
    expect([...new Set(named)].filter((name) => !packedFiles.includes(name))).toEqual([]);
  });

  it('says where its sources, its issues and its home are', () => {
    expect(manifest).toMatchObject({
      homepage: expect.stringMatching(/^https:/),
      repository: { type: 'git', url: expect.stringMatching(/^git\+https:.*\.git$/) },
      bugs: { url: expect.stringMatching(/^https:/) },
    });
  });

  it('has nothing to run while it is installed', () => {
    const installed = JSON.parse(readFileSync(join(folder, 'node_modules', 'statefun', 'package.json'), 'utf8')) as { scripts?: object };
    expect(Object.keys(installed.scripts ?? {}).filter((name) => /install/.test(name))).toEqual([]);
  });

  it.each(selfContained)('lets %s be imported without the optional packages', (name) => {
    const count = run('node', '--input-type=module', '--eval', `import * as it from '${name}'; console.log(Object.keys(it).length)`);
    expect(Number(count)).toBeGreaterThan(0);
  });

  it.each(selfContained)('lets %s be required by CommonJS', (name) => {
    expect(Number(run('node', '--input-type=commonjs', '--eval', `console.log(Object.keys(require('${name}')).length)`))).toBeGreaterThan(
      0,
    );
  });

  it('has a command line that says its version', () => {
    expect(run(join(folder, 'node_modules', '.bin', 'statefun'), '--version')).toContain(manifest.version);
  });

  it('gives types that a strict program compiles with, those of its dependencies included', () => {
    mkdirSync(join(folder, 'node_modules', '@types'), { recursive: true });
    symlinkSync(join(projectFolder, 'node_modules', '@types', 'node'), join(folder, 'node_modules', '@types', 'node'));
    const imports = selfContained.map((name, index) => `import * as entry${index} from '${name}';`);
    const uses = selfContained.map((_name, index) => `export const use${index}: object = entry${index};`);
    writeFileSync(join(folder, 'consumer.ts'), [...imports, ...uses].join('\n'));
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      target: 'ES2022',
      module: 'NodeNext',
      experimentalDecorators: true,
      types: ['node'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['consumer.ts'] }));
    expect(run('node', join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc'))).toBe('');
  });

  it('follows the rules of publint', async () => {
    const { messages } = await publint({ pkgDir: join(folder, 'node_modules', 'statefun'), pack: false, strict: true, level: 'warning' });
    expect(messages).toEqual([]);
  });
});
