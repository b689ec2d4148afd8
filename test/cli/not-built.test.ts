import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'statefun-clone-')));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(import.meta.dirname, '..', '..', 'bin', 'statefun.js'), join(folder, 'bin', 'statefun.js'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'statefun.js')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stderr };
}

describe('bin/statefun.js in a clone', () => {
  it('says what to do when nothing is built', () => {
    expect(start()).toEqual({
      status: 1,
      stderr: `APPLICATION FAILED TO START

1. NOT_BUILT: this clone of statefun is not built.
   Where: ${pathToFileURL(join(folder, 'dist', 'cli.js')).href}
   Do:    In the clone: npm ci && npm run build. Then start again.
`,
    });
  });

  it('does not say so when something else is missing', () => {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'cli.js'), "import './gone.js';\n");

    const { status, stderr } = start();

    expect(status).toBe(1);
    expect(stderr).toContain('gone.js');
    expect(stderr).not.toContain('NOT_BUILT');
  });
});
