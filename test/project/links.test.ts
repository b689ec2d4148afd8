import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, '..', '..', 'scripts', 'links.mjs');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statefun-links-'));
  for (const name of ['docs', 'src']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'src', 'cart.ts'), '');
  writeFileSync(
    join(folder, 'docs', 'guide.md'),
    '# Guide\n\n## A `cart` and its items\n\n## Twice\n\n## Twice\n\n```sh\n# no heading\n```\n',
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function check(text: string): { status: number | null; stderr: string } {
  writeFileSync(join(folder, 'README.md'), text);
  const { status, stderr } = spawnSync(process.execPath, [script, '--root', folder], { encoding: 'utf8' });
  return { status, stderr };
}

describe('scripts/links.mjs', () => {
  it.each([
    ['a file', '[cart.ts](src/cart.ts)'],
    ['a folder', '[docs](docs)'],
    ['a heading', '[items](docs/guide.md#a-cart-and-its-items)'],
    ['the second heading of a name', '[again](docs/guide.md#twice-1)'],
    ['a heading of the document itself', '# Here\n\n[here](#here)'],
    ['another site', '[site](https://example.com/nothing.ts)'],
    ['a link in a code block', '```md\n[cart](src/gone.ts)\n```'],
  ])('accepts %s', (_, text) => {
    expect(check(text)).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    ['a missing file', '[cart](src/gone.ts)', 'README.md:1: there is no src/gone.ts.'],
    ['a missing heading', '[none](docs/guide.md#none)', 'README.md:1: docs/guide.md has no heading #none.'],
    ['a comment of a code block', '[none](docs/guide.md#no-heading)', 'README.md:1: docs/guide.md has no heading #no-heading.'],
    ['another file than it names', '[basket.ts](src/cart.ts)', 'README.md:1: the text says basket.ts, and the link leads to src/cart.ts.'],
  ])('reports %s', (_, text, says) => {
    expect(check(text)).toEqual({ status: 1, stderr: `${says}\n` });
  });
});
