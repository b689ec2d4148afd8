import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const projectFolder = join(import.meta.dirname, '..', '..');
const core = ['shared', 'envelope', 'state', 'functions', 'forwarders', 'ingress', 'egress'];

/** Room -> what it may import, as the rules of dependency-cruiser have it. */
function readRules(): ReadonlyMap<string, string> {
  const { forbidden } = createRequire(import.meta.url)(join(projectFolder, '.dependency-cruiser.cjs')) as {
    readonly forbidden: readonly { readonly name: string; readonly comment: string }[];
  };
  const rooms = new Map<string, string>();
  for (const { name, comment } of forbidden) {
    const room = /^(.+)-imports-only-what-it-may$/.exec(name)?.[1];
    const list = /may import only: (.+)\. What you need/.exec(comment)?.[1];
    if (room !== undefined && list !== undefined) rooms.set(room, list.startsWith('nothing') ? 'nothing' : toCell(list.split(', ')));
  }
  return rooms;
}

/** The list as the table of the document writes it. */
function toCell(list: readonly string[]): string {
  const hasCore = core.every((room) => list.includes(room));
  const rest = hasCore ? list.filter((room) => !core.includes(room)) : list;
  return [...(hasCore ? ['core'] : []), ...rest.map(withoutPattern)].join(', ');
}

/** `storage/(?:a|b)\.ts` is `storage/{a,b}.ts` for people. */
function withoutPattern(path: string): string {
  const braces = path.replace(/\(\?:([^)]+)\)/, (_, names: string) => `{${names.replaceAll('|', ',')}}`);
  return braces.replaceAll('\\', '').replace(/\/$/, '');
}

/** Room -> the last cell of its row. */
function readTable(): ReadonlyMap<string, string> {
  const document = readFileSync(join(projectFolder, 'ARCHITECTURE.md'), 'utf8');
  const section = document.split('\n## ').find((text) => text.startsWith('Rooms\n')) ?? '';
  const rows = section.matchAll(/^\| `([^`]+)` \|[^|]*\| ([^|]*) \|$/gm);
  return new Map(Array.from(rows, ([, room = '', list = '']) => [room, list]));
}

describe('the table of rooms in ARCHITECTURE.md', () => {
  it('has one row for each room of .dependency-cruiser.cjs, and no other', () => {
    expect([...readTable().keys()].sort()).toEqual([...readRules().keys()].sort());
  });

  it.each([...readRules()])('says what %s may import', (room, list) => {
    expect(readTable().get(room)).toBe(list);
  });
});
