import { StatefunError } from '../shared/errors.ts';

/*
 * The stored bytes of a table entry: its stamp in decimal ASCII, one space, the encoded value.
 *
 *   17 {"quantity":2}
 *
 * The stamp is not in the key, so setting a key again, even after its removal, overwrites the same entry.
 */

const space = 0x20;
const zero = 0x30;

export function withStamp(stamp: number, encoded: string | Uint8Array): string | Uint8Array {
  return typeof encoded === 'string' ? `${stamp} ${encoded}` : Buffer.concat([Buffer.from(`${stamp} `), encoded]);
}

/** Returns the stamp and the offset of the encoded value. */
export function parseStamp(stored: Uint8Array, cell: string): { readonly stamp: number; readonly start: number } {
  let stamp = 0;
  for (let index = 0; index < stored.length; index++) {
    const byte = stored[index] ?? 0;
    if (byte === space && index > 0) return { stamp, start: index + 1 };
    if (byte < zero || byte > zero + 9) break;
    stamp = stamp * 10 + byte - zero;
  }
  throw new StatefunError('STATE_UNREADABLE', `an entry of table "${cell}" does not begin with its stamp.`, { facts: { cell } });
}
