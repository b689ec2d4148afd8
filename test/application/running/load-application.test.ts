import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { loadApplication } from '../../../src/application/running/load-application.ts';

const entry = (name: string): string => fileURLToPath(new URL(`../fixtures/entries/${name}`, import.meta.url));

describe('loading an application', () => {
  it('imports what the package.json of a folder exports, and calls it after the package', async () => {
    const loaded = await loadApplication(entry('cart'));

    expect(loaded.application.options.name).toBe('cart');
    expect(loaded.defaultName).toBe('@team/cart');
    expect(loaded.entry).toBe(entry('cart/application.js'));
  });

  it('imports a module file, and calls it after the file', async () => {
    const loaded = await loadApplication(entry('only-export.js'));

    expect(loaded.application.options.name).toBe('only');
    expect(loaded.defaultName).toBe('only-export');
  });

  it('finds what a module in CommonJS exports by default', async () => {
    const { application } = await loadApplication(entry('commonjs'));

    expect(application.options.name).toBe('by default');
  });

  it('names the files of a circle of imports', async () => {
    const file = (name: string): string => fileURLToPath(new URL(`../fixtures/scan-circular/${name}`, import.meta.url));

    await expect(loadApplication(file('customer.js'))).rejects.toMatchObject({
      code: 'APPLICATION_ENTRY_FAILED',
      facts: { circle: [file('describe.js'), file('customer.js'), file('order.js'), file('describe.js')] },
    });
  });

  it.each([
    ['absent', 'APPLICATION_ENTRY_MISSING', 'there is no file or folder'],
    ['.', 'APPLICATION_ENTRY_MISSING', 'has no package.json'],
    ['unbuilt', 'APPLICATION_ENTRY_MISSING', 'dist/application.js'],
    ['typescript', 'APPLICATION_ENTRY_TYPESCRIPT', 'is TypeScript'],
    ['typescript/application.ts', 'APPLICATION_ENTRY_TYPESCRIPT', 'is TypeScript'],
    ['no-export.js', 'APPLICATION_ENTRY_INVALID', 'exports no application. It exports: limit.'],
    ['two-exports.js', 'APPLICATION_ENTRY_INVALID', 'exports 2 applications'],
    ['failing.js', 'APPLICATION_ENTRY_FAILED', 'no region'],
  ])('refuses %s with %s', async (name, code, text) => {
    await expect(loadApplication(entry(name))).rejects.toMatchObject({ code, summary: expect.stringContaining(text) });
  });

  it('tells who has not built yet to build', async () => {
    await expect(loadApplication(entry('unbuilt'))).rejects.toMatchObject({ hint: expect.stringContaining('npm run build') });
  });
});
