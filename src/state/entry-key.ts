import type { CellKind } from './cell.ts';

/*
 * The keys of an address's collection. The first letter is the kind of cell, so an entry is never read as one of another kind. A name has no
 * "/". The key of a table entry is the whole rest, which may contain "/".
 *
 *   value        v/<name>
 *   table entry  t/<name>/<key>            the stored bytes begin with the entry's stamp: see stamp.ts
 *                u/<name>/<key as JSON>    a key with a lone surrogate: UTF-8 cannot encode it, JSON escapes it
 *   list item    l/<name>/<position>       decimal, from 0 without gaps
 */

export function valueEntryKey(name: string): string {
  return `v/${name}`;
}

export function tableEntryKey(name: string, key: string): string {
  return key.isWellFormed() ? prefixOf(name) + key : `u/${name}/${JSON.stringify(key)}`;
}

/** Prefixes of table entries by the name of the table. An application has few names, and writes most of its state under them. */
const prefixes = new Map<string, string>();
const prefixesMax = 1_000;

function prefixOf(name: string): string {
  const known = prefixes.get(name);
  if (known !== undefined) return known;
  const prefix = `t/${name}/`;
  if (prefixes.size < prefixesMax) prefixes.set(name, prefix);
  return prefix;
}

export function listEntryKey(name: string, position: number): string {
  return `l/${name}/${position}`;
}

/** Parses the key of an entry. Returns undefined for any other text. */
export interface EntryKey {
  readonly kind: CellKind;
  readonly name: string;
  /** Key of a table entry, or position of a list item. */
  readonly rest: string;
}

export function parseEntryKey(key: string): EntryKey | undefined {
  const kind = key.charAt(1) === '/' ? kinds[key.charAt(0)] : undefined;
  if (kind === undefined) return undefined;
  if (kind === 'value') return { kind, name: key.slice(2), rest: '' };
  const end = key.indexOf('/', 2);
  if (end === -1) return undefined;
  const rest = key.slice(end + 1);
  return { kind, name: key.slice(2, end), rest: key.startsWith('u') ? String(JSON.parse(rest)) : rest };
}

const kinds: Readonly<Record<string, CellKind>> = { v: 'value', t: 'table', u: 'table', l: 'list' };
