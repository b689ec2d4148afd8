import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '..', '..');
/** Written from the sources, which are looked at themselves. */
const generatedDocuments = ['docs/errors.md', 'docs/configuration.md'];
const glossary = readFileSync(join(projectFolder, 'docs', 'glossary.md'), 'utf8');
const [allowed = '', forbidden = ''] = glossary.split('\n## Words that are not used\n');

/** The words of each row of the table at the end of the glossary. */
function readRules(): readonly (readonly string[])[] {
  const rows = forbidden.matchAll(/^\| (`[^|]+`) \|[^|]*\|$/gm);
  return Array.from(rows, ([, words = '']) => Array.from(words.matchAll(/`([^`]+)`/g), ([, word = '']) => word));
}

function filesBelow(folder: string, extension: RegExp): readonly string[] {
  return readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => extension.test(path))
    .map((path) => `${folder}/${path}`);
}

const sources = filesBelow('src', /\.c?ts$/).filter((path) => !path.includes('/generated/'));
const documents = ['README.md', 'ARCHITECTURE.md', 'AGENTS.md', 'CHANGELOG.md', ...filesBelow('docs', /\.md$/)].filter(
  (path) => !generatedDocuments.includes(path),
);

/**
 * The text of a file with its identifiers in words: `DeadLetterDesk` has the word desk. Blocks of code in documents are empty: they come from
 * sources, or are what a program prints.
 */
function textOf(path: string): string {
  const text = path === 'docs/glossary.md' ? allowed : readFileSync(join(projectFolder, path), 'utf8');
  const prose = path.endsWith('.md') ? text.replace(/^ *```[^]*?^ *```$/gm, (block) => block.replace(/[^\n]/g, '')) : text;
  return prose.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2');
}

/** Returns the lines with one of the words. Between two words a line may end, also that of a comment. */
function find(words: readonly string[], text: string): readonly string[] {
  const spaced = words.map((word) => word.replaceAll(' ', '(?: +|\\n *(?:\\*|//)? *)'));
  const pattern = new RegExp(`\\b(?:${spaced.join('|')})\\b`, 'gi');
  return Array.from(text.matchAll(pattern), ({ 0: found, index }) => `line ${text.slice(0, index).split('\n').length}: ${found}`);
}

describe('the words that the glossary forbids', () => {
  it('are in its table', () => {
    expect(readRules().length).toBeGreaterThan(5);
  });

  it.each(readRules().map((words) => ({ words })))('are not used: $words', ({ words }) => {
    const found = [...documents, ...sources].flatMap((path) => find(words, textOf(path)).map((line) => `${path}, ${line}`));
    expect(found).toEqual([]);
  });

  it('are found in identifiers, over the end of a line, and nowhere else', () => {
    expect(find(['persisted value'], textOf('docs/glossary.md'))).not.toEqual([]);
    expect(find(['is told'], 'a\n * Who is\n * told?')).toEqual(['line 2: is\n * told']);
    expect(find(['is told'], 'It is not told.')).toEqual([]);
  });
});
