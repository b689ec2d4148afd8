import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findStaleBuild } from '../../src/cli/stale-build.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-stale-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file that was changed at a second. */
function write(path: string, changedAtSeconds: number): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  utimesSync(file, changedAtSeconds, changedAtSeconds);
}

const find = (entry = 'dist/application.js'): Promise<unknown> => findStaleBuild(folder, join(folder, entry));

describe('findStaleBuild', () => {
  it('names the newest source that is newer than everything in the build', async () => {
    write('dist/application.js', 100);
    write('dist/functions/cart.js', 101);
    write('src/application.ts', 102);
    write('src/functions/cart.ts', 103);

    expect(await find()).toMatchObject({
      code: 'BUILD_STALE',
      summary: `${join('src', 'functions', 'cart.ts')} was changed after dist/ was built, and what runs is the build.`,
    });
  });

  it('finds a build current of which one file is as new, as compilers leave it that write only what has changed', async () => {
    write('dist/application.js', 100);
    write('dist/tsconfig.tsbuildinfo', 103);
    write('src/functions/cart.ts', 103);

    expect(await find()).toBeUndefined();
  });

  it.each(['test/cart.test.ts', 'src/data.json', 'src/types.d.ts', 'events.jsonl'])('leaves %s out, which is no source', async (path) => {
    write('dist/src/application.js', 100);
    write('src/application.ts', 99);
    write(path, 200);

    expect(await find('dist/src/application.js')).toBeUndefined();
  });

  it.each(['application.js', 'src/application.js'])('finds %s current, which is not built', async (entry) => {
    write(entry, 100);
    write('src/other.ts', 200);

    expect(await find(entry)).toBeUndefined();
  });

  it('finds a build current that came without its sources', async () => {
    write('dist/application.js', 100);

    expect(await find()).toBeUndefined();
  });
});
