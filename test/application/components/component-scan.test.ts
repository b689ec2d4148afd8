import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { scanComponents } from '../../../src/application/components/component-scan.ts';

const fixture = (name: string): URL => new URL(`../fixtures/${name}/`, import.meta.url);

describe('scanning a folder', () => {
  it('finds decorated classes in it and below, sorted by class name', async () => {
    const { functions, forwarders } = await scanComponents([fixture('scan')]);

    expect(functions.map(({ name }) => name)).toEqual(['BasketFunction']);
    expect(forwarders.map(({ name }) => name)).toEqual(['AppleEvents', 'ZebraEvents']);
  });

  it('says where each class was found and why every other file was skipped', async () => {
    const { report } = await scanComponents([fixture('scan')]);

    expect(report.found.map(({ file, ...rest }) => ({ file: basename(file), ...rest }))).toEqual([
      { file: 'apple-events.ts', className: 'AppleEvents', kind: 'forwarder' },
      { file: 'basket-function.ts', className: 'BasketFunction', kind: 'function' },
      { file: 'zebra-events.ts', className: 'ZebraEvents', kind: 'forwarder' },
    ]);
    expect(report.skipped.map(({ file, reason }) => [basename(file), reason])).toEqual([
      ['basket-function.spec.ts', 'a test'],
      ['globals.d.ts', 'declarations'],
      ['prices.ts', 'exports no class with @StatefunFunction or @Forwarder'],
    ]);
  });

  it('finds the values of forwardTo that a file exports', async () => {
    const { forwarders, report } = await scanComponents([fixture('scan-values')]);

    expect(forwarders).toHaveLength(1);
    expect(report.found.map(({ className, kind }) => [className, kind])).toEqual([['forwardTo(meter/total, meter.reading)', 'forwarder']]);
  });

  it('counts a class once when two folders and two files export it', async () => {
    const { functions, report } = await scanComponents([fixture('scan'), fileURLToPath(fixture('scan')), fixture('scan/nested')]);

    expect(functions).toHaveLength(1);
    expect(report.found).toHaveLength(3);
  });

  it('takes built JavaScript and leaves the sources beside it', async () => {
    const { report, problems } = await scanComponents([fixture('scan-built')]);

    expect(problems).toEqual([]);
    expect(report.skipped.map(({ file, reason }) => [basename(file), reason])).toEqual([
      ['product-function.js', 'exports no class with @StatefunFunction or @Forwarder'],
      ['product-function.ts', 'TypeScript beside built JavaScript'],
    ]);
  });

  it('reports a folder that does not exist', async () => {
    const { problems } = await scanComponents([fixture('absent')]);

    expect(problems.map(({ code }) => code)).toEqual(['SCAN_FOLDER_MISSING']);
    expect(problems[0]?.message).toContain('fixtures/absent');
  });

  it('reports a file that throws when it is imported, with its path and the cause', async () => {
    const { problems } = await scanComponents([fixture('scan-failing')]);

    expect(problems.map(({ code }) => code)).toEqual(['SCAN_IMPORT_FAILED']);
    expect(problems[0]?.summary).toContain('broken.ts could not be imported: no price list');
    expect((problems[0]?.cause as Error).message).toBe('no price list');
  });

  it('finds the class that a module in CommonJS exports by default', async () => {
    const { functions } = await scanComponents([fixture('scan-commonjs')]);

    expect(functions.map(({ name }) => name)).toEqual(['ShelfFunction']);
  });

  it('reports files that import each other once, with every file of the circle and what to do', async () => {
    const { problems, report } = await scanComponents([fixture('scan-circular')]);

    expect(problems.map(({ code, facts }) => [code, (facts['circle'] as readonly string[]).map((file) => basename(file))])).toEqual([
      ['SCAN_IMPORT_FAILED', ['describe.js', 'customer.js', 'order.js', 'describe.js']],
    ]);
    expect(problems[0]?.hint).toMatch(
      /^Files import each other: .*describe\.js → .*customer\.js → .*order\.js → .*describe\.js\. Move what they need/,
    );
    expect(report.skipped.map(({ file, reason }) => [basename(file), reason])).toEqual(
      ['customer.js', 'describe.js', 'order.js'].map((name) => [name, 'it could not be imported']),
    );
  });

  it('follows symbolic links, counts what they lead to once, and says which of them lead nowhere or back', async () => {
    const folder = await mkdtemp(join(await realpath(tmpdir()), 'statefun-scan-'));
    try {
      await mkdir(join(folder, 'scanned', 'own'), { recursive: true });
      await mkdir(join(folder, 'elsewhere'));
      await writeFile(join(folder, 'elsewhere', 'shared.js'), 'export const shared = 1;');
      await writeFile(join(folder, 'elsewhere', 'single.mjs'), 'export const single = 1;');
      await writeFile(join(folder, 'scanned', 'own', 'own.js'), 'export const own = 1;');
      const link = (name: string, target: string): Promise<void> => symlink(join(folder, target), join(folder, 'scanned', name));
      await link('again', 'scanned/own');
      await link('back', 'scanned');
      await link('file.mjs', 'elsewhere/single.mjs');
      await link('folder', 'elsewhere');
      await link('nowhere.js', 'absent.js');
      await link('parent', '.');
      await link('zwei', 'elsewhere');
      await symlink(join(folder, 'scanned'), join(folder, 'elsewhere', 'loop'));

      const { report, problems } = await scanComponents([join(folder, 'scanned')]);

      expect(problems).toEqual([]);
      expect(report.skipped.map(({ file, reason }) => [relative(folder, file), reason.replaceAll(folder, '')])).toEqual([
        ['scanned/again', 'a symbolic link to /scanned/own, which is scanned already'],
        ['scanned/back', 'a symbolic link back to /scanned, which holds the scanned folder'],
        ['scanned/nowhere.js', 'a symbolic link that leads nowhere'],
        ['scanned/parent', 'a symbolic link back to , which holds the scanned folder'],
        ['scanned/zwei', 'a symbolic link to /elsewhere, which is scanned already'],
        ['scanned/folder/loop', 'a symbolic link back to /scanned, which holds the scanned folder'],
        ['scanned/file.mjs', 'exports no class with @StatefunFunction or @Forwarder'],
        ['scanned/folder/shared.js', 'exports no class with @StatefunFunction or @Forwarder'],
        ['scanned/folder/single.mjs', 'exports no class with @StatefunFunction or @Forwarder'],
        ['scanned/own/own.js', 'exports no class with @StatefunFunction or @Forwarder'],
      ]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says so where a class has handlers and no decorator of its own', async () => {
    const { report } = await scanComponents([fixture('scan-undecorated')]);

    expect(report.skipped.map(({ reason }) => reason)).toEqual([
      'exports class ReturnFunction, which has @Handles but no @StatefunFunction of its own',
    ]);
  });

  it('touches no file system when no folder is given', async () => {
    expect(await scanComponents([])).toEqual({
      functions: [],
      forwarders: [],
      folders: new Map(),
      report: { found: [], skipped: [] },
      problems: [],
    });
  });
});
