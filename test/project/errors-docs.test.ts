import { describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorRegistry } from '../../src/shared/error-registry.ts';

const projectFolder = join(import.meta.dirname, '..', '..');
const document = readFileSync(join(projectFolder, 'docs', 'errors.md'), 'utf8');

/** Code -> what the document says about it. */
const sections = new Map(
  document
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

/** All code but the registry, as one text. */
function readSources(): string {
  const paths = readdirSync(join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('error-registry.ts'))
    .map((path) => join('src', path));
  return [...paths, 'bin/statefun.js'].map((path) => readFileSync(join(projectFolder, path), 'utf8')).join('\n');
}

describe('docs/errors.md', () => {
  it('has a heading for each code of the registry, and no other', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(errorRegistry).sort());
  });

  it.each(Object.entries(errorRegistry))('says when %s is raised, what to do and what happens', (code, { text, hint, outcome }) => {
    const section = sections.get(code);
    expect(section).toContain(`\n${text}\n`);
    expect(section).toContain(`\nWhat to do: ${hint}\n`);
    expect(section).toContain(`\nOutcome: ${outcome.replace('-', ' ')}:`);
  });

  it('lists only codes that something raises', () => {
    const sources = readSources();
    expect(Object.keys(errorRegistry).filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });

  it('lists only codes that people can read and search for', () => {
    expect(Object.keys(errorRegistry).filter((code) => !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(code))).toEqual([]);
  });
});
