import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/*
 * Invariants are named by room, letter and number, such as PARTITION-E1. Each is declared in the header of one file, and a test that holds it
 * names it in its title.
 */
const projectFolder = join(import.meta.dirname, '..', '..');
const namePattern = '(?:ENGINE|PARTITION|FUNCTION|STATE|STORE|INJECTION|CONFIGURATION|KINESIS|APPLICATION|CHECKPOINT)-[A-Z][0-9]+';

/** The files of a folder with that ending, by path from the project. */
function filesOf(folder: string, ending: string): readonly { readonly path: string; readonly text: string }[] {
  const entries = readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path: relative(projectFolder, path), text: readFileSync(path, 'utf8') }));
}

const sources = filesOf('src', '.ts');
const testFiles = filesOf('test', '.test.ts').filter(({ path }) => !path.endsWith('invariants.test.ts'));
const documents = ['ARCHITECTURE.md', 'CONTRIBUTING.md'].map((path) => ({ path, text: readFileSync(join(projectFolder, path), 'utf8') }));

/** Name -> the files whose header declares it. */
const declared = new Map<string, string[]>();
for (const { path, text } of sources) {
  for (const [, name = ''] of text.matchAll(new RegExp(`^ \\* (${namePattern})\\. `, 'gm'))) {
    declared.set(name, [...(declared.get(name) ?? []), path]);
  }
}

describe('invariants', () => {
  it('are declared in one header each', () => {
    expect([...declared].filter(([, paths]) => paths.length > 1)).toEqual([]);
    expect(declared.size).toBeGreaterThan(50);
  });

  it('have names that no other room uses', () => {
    const bare = sources.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/^ \* ([A-Z][0-9]+)\. /gm), ([, name]) => `${path}: ${name}`),
    );
    expect(bare).toEqual([]);
  });

  it('are each held by a test that names them', () => {
    const named = new Set(testFiles.flatMap(({ text }) => text.match(new RegExp(namePattern, 'g')) ?? []));
    expect([...declared.keys()].filter((name) => !named.has(name))).toEqual([]);
  });

  it('are declared wherever they are named', () => {
    const places = [...sources, ...testFiles, ...documents, ...filesOf('docs', '.md')];
    const unknown = places.flatMap(({ path, text }) =>
      (text.match(new RegExp(namePattern, 'g')) ?? []).filter((name) => !declared.has(name)).map((name) => `${path}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });
});
