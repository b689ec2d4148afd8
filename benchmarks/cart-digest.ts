import { crc32 } from 'node:zlib';

/** Digest of the items of every cart, sorted by product: the order in which a cart got its items does not count. */
export function digestOf(carts: readonly unknown[]): string {
  const sorted = carts.map((items) => Object.entries(items ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  return crc32(JSON.stringify(sorted)).toString(16);
}
