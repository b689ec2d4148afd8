import { remoteStateIn } from '../engine/partition/remote/remote-state.ts';
import { decodeBuiltIn } from '../envelope/built-in-values.ts';
import { parseEntryKey } from '../state/entry-key.ts';
import { parseStamp } from '../state/stamp.ts';
import { shownValue } from './shown-value.ts';

/** A key of an address's collection, with its stored value. */
export interface StoredStateValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The stored content of one cell of an address. Values are as {@link shownValue} shows them. */
export type StoredCell =
  | { readonly name: string; readonly kind: 'value'; readonly value: unknown }
  /** The entries in the order of the table. */
  | { readonly name: string; readonly kind: 'table'; readonly entries: readonly { readonly key: string; readonly value: unknown }[] }
  | { readonly name: string; readonly kind: 'list'; readonly items: readonly unknown[] }
  /** A state of a remote function. `expiresAt` is in milliseconds since the epoch, and set only if the state expires. */
  | { readonly name: string; readonly kind: 'remote'; readonly typename: string; readonly value: unknown; readonly expiresAt?: number };

interface TableEntry {
  readonly key: string;
  readonly stamp: number;
  readonly value: unknown;
}

/**
 * Returns the stored cells of an address, sorted by name. It does not use the class of the function, so cells that the class no longer has are
 * included. `typenames` are the types of the states that a remote function declared.
 */
export function storedCells(entries: readonly StoredStateValue[], typenames: ReadonlyMap<string, string>): readonly StoredCell[] {
  const values = new Map<string, unknown>();
  const tables = new Map<string, TableEntry[]>();
  const lists = new Map<string, unknown[]>();
  for (const { key, value } of entries) {
    const parsed = parseEntryKey(key);
    switch (parsed?.kind) {
      case undefined:
        break;
      case 'value':
        values.set(parsed.name, shownValue(value));
        break;
      case 'table': {
        const { stamp, start } = parseStamp(value, parsed.name);
        listOf(tables, parsed.name).push({ key: parsed.rest, stamp, value: shownValue(value.subarray(start)) });
        break;
      }
      case 'list':
        listOf(lists, parsed.name)[Number(parsed.rest)] = shownValue(value);
    }
  }
  const cells: StoredCell[] = [
    ...entries.flatMap((entry) => remoteCell(entry, typenames)),
    ...Array.from(values, ([name, value]) => ({ name, kind: 'value' as const, value })),
    ...Array.from(tables, ([name, table]) => ({ name, kind: 'table' as const, entries: inOrder(table) })),
    ...Array.from(lists, ([name, items]) => ({ name, kind: 'list' as const, items })),
  ];
  return cells.sort((left, right) => (left.name < right.name ? -1 : 1));
}

function remoteCell(entry: StoredStateValue, typenames: ReadonlyMap<string, string>): readonly StoredCell[] {
  const stored = remoteStateIn(entry);
  if (stored === undefined) return [];
  const { name, expiresAt } = stored;
  const typename = typenames.get(name) ?? '';
  const value = decodeBuiltIn(typename, stored.value) ?? shownValue(stored.value);
  return [{ name, kind: 'remote', typename, value, ...(expiresAt === 0 ? {} : { expiresAt }) }];
}

function listOf<T>(lists: Map<string, T[]>, name: string): T[] {
  let list = lists.get(name);
  if (list === undefined) lists.set(name, (list = []));
  return list;
}

function inOrder(table: readonly TableEntry[]): { readonly key: string; readonly value: unknown }[] {
  return [...table].sort((left, right) => left.stamp - right.stamp).map(({ key, value }) => ({ key, value }));
}
