import { parseEntryKey, listEntryKey, tableEntryKey, valueEntryKey } from '../../../state/entry-key.ts';
import type { CellDefinition } from '../../../state/cell-definition.ts';
import { parseStamp, withStamp } from '../../../state/stamp.ts';
import type { StateEntry } from '../../../state/state-entry.ts';
import type { StateType } from '../../../state/state-type.ts';
import { builtInTypeOf } from '../../protocol/built-in-types.ts';
import { ProtobufReader } from '../../../shared/protobuf/reader.ts';
import { ProtobufWriter } from '../../../shared/protobuf/writer.ts';
import { eachBackwards } from '../../protocol/codec.ts';
import { typenameOf } from '../../protocol/typed-values.ts';

/*
 * The states of a cluster for the cells of a class, one state for each cell. A value is written by its type. A table or a list is one value,
 * which is sent as a whole with every call:
 *
 *   table   1 entries, repeated, in the order of the table
 *   entry   1 key     2 value, as the type of the table writes it     3 in place of 1: the key as JSON, where UTF-8 cannot write it
 *   list    1 items, repeated, as the type of the list writes them
 */

/** The entries of a cell as slots load and capture them; text is UTF-8. */
export type EntryContents = ReadonlyMap<string, string | Uint8Array>;

/** Returns the typename of a cell in a cluster. Throws TYPENAME_INVALID. */
export function cellTypename({ kind, type }: CellDefinition): string {
  return kind === 'value' ? typenameOf(type) : `statefun.types/${kind}`;
}

/** Returns the type of a cell in a cluster. A value is written as StateFun writes it, so that other languages can read it. */
export function clusterType({ kind, type }: CellDefinition): StateType<unknown> {
  const builtIn = kind === 'value' ? builtInTypeOf(type) : undefined;
  return builtIn === undefined ? type : { ...type, encode: (value) => builtIn.encode(value), decode: (bytes) => builtIn.decode(bytes) };
}

/** Returns the entries in the state of a cell. */
export function readCell({ kind, name }: CellDefinition, value: Uint8Array): StateEntry[] {
  switch (kind) {
    case 'value':
      return [{ key: valueEntryKey(name), value }];
    case 'table':
      return readParts(value).map((entry, index) => {
        const { key, content } = readTableEntry(entry);
        // Stamps only define the order.
        return { key: tableEntryKey(name, key), value: Buffer.from(withStamp(index, content)) };
      });
    case 'list':
      return readParts(value).map((item, index) => ({ key: listEntryKey(name, index), value: item }));
  }
}

/** Returns the state of a cell with these entries. For no entries it returns undefined, which removes the state. */
export function writeCell({ kind, name }: CellDefinition, entries: EntryContents): Uint8Array | undefined {
  if (entries.size === 0) return undefined;
  switch (kind) {
    case 'value':
      return toBytes([...entries.values()][0] ?? '');
    case 'table': {
      const rows = Array.from(entries, ([key, stored]) => {
        const bytes = toBytes(stored);
        const { stamp, start } = parseStamp(bytes, name);
        return { key: parseEntryKey(key)?.rest ?? '', stamp, content: bytes.subarray(start) };
      });
      rows.sort((left, right) => left.stamp - right.stamp);
      return write((writer) => eachBackwards(rows, (row) => writer.message(1, () => writeTableEntry(writer, row))));
    }
    case 'list': {
      const items = Array.from(entries, ([key, stored]) => ({ position: Number(parseEntryKey(key)?.rest), stored }));
      items.sort((left, right) => left.position - right.position);
      return write((writer) => eachBackwards(items, ({ stored }) => writer.bytes(1, toBytes(stored))));
    }
  }
}

function writeTableEntry(writer: ProtobufWriter, { key, content }: { readonly key: string; readonly content: Uint8Array }): void {
  if (!key.isWellFormed()) writer.text(3, JSON.stringify(key));
  writer.bytes(2, content);
  if (key.isWellFormed()) writer.text(1, key);
}

function readTableEntry(bytes: Uint8Array): { readonly key: string; readonly content: Uint8Array } {
  const reader = new ProtobufReader(bytes);
  let key = '';
  let content: Uint8Array = new Uint8Array(0);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) key = reader.text();
    else if (field === 2) content = reader.bytes();
    else if (field === 3) key = String(JSON.parse(reader.text()));
  }
  return { key, content };
}

function readParts(bytes: Uint8Array): Uint8Array[] {
  const reader = new ProtobufReader(bytes);
  const parts: Uint8Array[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.isBytes()) parts.push(reader.bytes());
  }
  return parts;
}

function write(fill: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  fill(writer);
  return writer.finish();
}

function toBytes(stored: string | Uint8Array): Uint8Array {
  return typeof stored === 'string' ? Buffer.from(stored) : stored;
}
