import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '..', '..');
/** Written from the sources, which are looked at themselves. */
const generatedDocuments = ['docs/errors.md', 'docs/configuration.md'];
const glossary = readFileSync(join(projectFolder, 'docs', 'glossary.md'), 'utf8');
const [allowed = '', forbidden = ''] = glossary.split('\n## Words that are not used\n');

interface Rule {
  readonly words: readonly string[];
  readonly sources: boolean;
}

/** The table at the end of the glossary. */
function readRules(): readonly Rule[] {
  const rows = forbidden.matchAll(/^\| (`[^|]+`) \|[^|]*\| (sources and documents|documents) \|$/gm);
  return Array.from(rows, ([, words = '', where]) => ({
    words: Array.from(words.matchAll(/`([^`]+)`/g), ([, word = '']) => word),
    sources: where === 'sources and documents',
  }));
}

function filesBelow(folder: string, extension: RegExp): readonly string[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => extension.test(path))
    .map((path) => `${folder}/${path}`);
}

const sources = filesBelow('src', /\.c?ts$/).filter((path) => !path.includes('/generated/'));
const documents = ['README.md', 'ARCHITECTURE.md', 'AGENTS.md', ...filesBelow('docs', /\.md$/)].filter(
  (path) => !generatedDocuments.includes(path),
);

/**
 * The lines of a file with its identifiers in words: `DeadLetterDesk` has the word desk. Blocks of code in documents are empty: they come from
 * sources, or are what a program prints.
 */
function linesOf(path: string): readonly string[] {
  const text = path === 'docs/glossary.md' ? allowed : readFileSync(join(projectFolder, path), 'utf8');
  const prose = path.endsWith('.md') ? text.replace(/^ *```[^]*?^ *```$/gm, (block) => block.replace(/[^\n]/g, '')) : text;
  return prose.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').split('\n');
}

function find(words: readonly string[], paths: readonly string[]): readonly string[] {
  const pattern = new RegExp(`\\b(?:${words.join('|')})\\b`, 'i');
  return paths.flatMap((path) =>
    linesOf(path).flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

describe('the words that the glossary forbids', () => {
  it('are in its table', () => {
    expect(readRules().length).toBeGreaterThan(5);
  });

  it.each(readRules())('are not used: $words', ({ words, sources: alsoInSources }) => {
    expect(find(words, alsoInSources ? [...documents, ...sources] : documents)).toEqual([]);
  });

  it('are found where they are', () => {
    expect(find(['PersistedValue', 'persisted value'], ['docs/glossary.md'])).not.toEqual([]);
  });
});
