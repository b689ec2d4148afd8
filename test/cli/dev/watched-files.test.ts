import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { changeBetween, readFileStates } from '../../../src/cli/dev/watched-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-watched-'));
  for (const path of ['src/application.ts', 'package.json', 'application.yaml', 'dist/src/application.js']) write(path, 100);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, changedAtSeconds: number): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  utimesSync(file, changedAtSeconds, changedAtSeconds);
}

async function changeBy(act: () => void): Promise<string> {
  const before = await readFileStates(folder);
  act();
  return changeBetween(before, await readFileStates(folder));
}

describe('what statefun dev does about a change', () => {
  it.each([
    ['build', 'src/application.ts'],
    ['build', 'src/functions/new-function.ts'],
    ['build', 'test/cart.test.mts'],
    ['build', 'tsconfig.json'],
    ['build', 'package.json'],
    ['restart', 'application.yaml'],
    ['restart', 'application-local.yml'],
    ['restart', '.env'],
    ['nothing', 'events.jsonl'],
    ['nothing', 'src/types.d.ts'],
    ['nothing', 'dist/src/application.js'],
    ['nothing', 'node_modules/zod/index.ts'],
    ['nothing', '.statefun/carts/manifest.json'],
  ])('is: %s, for %s', async (change, path) => {
    expect(await changeBy(() => write(path, 200))).toBe(change);
  });

  it('is a build when a source is gone', async () => {
    expect(await changeBy(() => rmSync(join(folder, 'src', 'application.ts')))).toBe('build');
  });

  it('is a build when a source and a setting have changed', async () => {
    const both = (): void => ['application.yaml', 'src/application.ts'].forEach((path) => write(path, 200));

    expect(await changeBy(both)).toBe('build');
  });

  it('is nothing when nothing has changed', async () => {
    expect(await changeBy(() => undefined)).toBe('nothing');
  });
});
