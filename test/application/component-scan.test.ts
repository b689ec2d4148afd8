import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { scanComponents } from '../../src/application/component-scan.ts';

const fixture = (name: string): URL => new URL(`./fixtures/${name}/`, import.meta.url);

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
