import type { CellKind } from './cell.ts';
import { loneSurrogate } from './state-type.ts';

/*
 * The keys of an address's collection. The first letter is the kind of cell, so that an entry is never read as another kind's. A name has
 * no "/"; the key of a table entry is the rest, whatever it contains.
 *
 *   value        v/<name>
 *   table entry  t/<name>/<key>            the stored bytes begin with the entry's stamp: see table-slot.ts
 *                u/<name>/<key as JSON>    a key with half of a surrogate pair: UTF-8 cannot write it, JSON escapes it
 *   list item    l/<name>/<position>       decimal, from 0 without gaps
 */

export function valueEntryKey(name: string): string {
  return `v/${name}`;
}

export function tableEntryKey(name: string, key: string): string {
  return loneSurrogate.test(key) ? `u/${name}/${JSON.stringify(key)}` : `t/${name}/${key}`;
}

export function listEntryKey(name: string, position: number): string {
  return `l/${name}/${position}`;
}

/** The parts of an entry's key; undefined when it is none of these. */
export interface EntryKey {
  readonly kind: CellKind;
  readonly name: string;
  /** Key of a table entry or position of a list item. */
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
