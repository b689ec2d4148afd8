import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'snippets.mjs');

const source = `import { x } from 'statefun';

export class Cart {
  // #region handler
  onProduct(): void {
    // #region inner
    this.set(1);
    // #endregion inner

    this.publish();
  }
  // #endregion handler
}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-snippets-'));
  write('src/cart.ts', source);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

function run(...options: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [script, '--root', folder, ...options], { encoding: 'utf8' });
  return { status, stderr };
}

describe('scripts/snippets.mjs', () => {
  it('writes the lines of a region, dedented and without region markers', () => {
    write('README.md', 'Before\n\n```ts file=src/cart.ts#handler\nold\n```\n\nAfter\n');
    expect(run().status).toBe(0);
    expect(read('README.md')).toBe(
      'Before\n\n```ts file=src/cart.ts#handler\nonProduct(): void {\n  this.set(1);\n\n  this.publish();\n}\n```\n\nAfter\n',
    );
  });

  it('reads a region inside another one, documents in docs, and whole files', () => {
    write('docs/deep/guide.md', '```ts file=src/cart.ts#inner\n```\n');
    write('src/short.ts', 'export const one = 1;\n');
    write('docs/short.md', '- in a list\n\n  ```ts file=src/short.ts\n  ```\n');
    expect(run().status).toBe(0);
    expect(read('docs/deep/guide.md')).toBe('```ts file=src/cart.ts#inner\nthis.set(1);\n```\n');
    expect(read('docs/short.md')).toBe('- in a list\n\n  ```ts file=src/short.ts\n  export const one = 1;\n  ```\n');
  });

  it('leaves blocks without a marker alone', () => {
    const text = '```ts\nconst file = 1;\n```\n\n```sh\nnpm ci\n```\n';
    write('README.md', text);
    expect(run().status).toBe(0);
    expect(read('README.md')).toBe(text);
  });

  it('shows what differs when checking, and writes nothing', () => {
    const text = '```ts file=src/cart.ts#inner\nthis.set(2);\n```\n';
    write('README.md', text);
    const checked = run('--check');
    expect(checked.status).toBe(1);
    expect(checked.stderr).toContain('README.md:1: this block is not src/cart.ts#inner\n  - this.set(2);\n  + this.set(1);');
    expect(read('README.md')).toBe(text);
  });

  it('accepts what it wrote', () => {
    write('README.md', '```ts file=src/cart.ts#handler\n```\n');
    run();
    expect(run('--check')).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    { name: 'a missing file', block: '```ts file=src/crat.ts#handler\n```\n', says: 'README.md:1: there is no file src/crat.ts.' },
    {
      name: 'a missing region',
      block: '```ts file=src/cart.ts#hander\n```\n',
      says: 'README.md:1: src/cart.ts has no lines between "#region hander"',
    },
    { name: 'a block that does not end', block: '```ts file=src/cart.ts#handler\n', says: 'README.md:1: this code block does not end.' },
  ])('names $name', ({ block, says }) => {
    write('README.md', block);
    const checked = run('--check');
    expect(checked.status).toBe(1);
    expect(checked.stderr).toContain(says);
  });
});
