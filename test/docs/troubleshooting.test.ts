import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorRegistry } from '../../src/shared/error-registry.ts';

const projectFolder = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(projectFolder, 'docs', 'troubleshooting.md'), 'utf8');

/** What tests expect people to read, with the values that the document has in place of those of a run. */
const testsFolder = join(projectFolder, 'test', 'application', 'failure-analysis');
const expected = readdirSync(testsFolder)
  .map((name) => readFileSync(join(testsFolder, name), 'utf8'))
  .join('\n')
  .replaceAll('${folder}', '/data/cart')
  .replaceAll('${process.pid}', '4711');

const blocks = [...document.matchAll(/^```text\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');

describe('docs/troubleshooting.md', () => {
  it.each(blocks.map((block) => [block.split('\n', 1)[0], block]))('shows what a test expects: %s', (_, block) => {
    expect(expected).toContain(block);
  });

  it('has blocks', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it('names only codes that exist', () => {
    const codes = [...document.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map((match) => match[1] ?? '');
    expect(codes.filter((code) => !(code in errorRegistry))).toEqual([]);
  });
});
