import { describe, expect, it } from '@jest/globals';
import { NameHash } from '../../../src/storage/format/name-hash.ts';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

function hashOf(collection: string, name: string, hash = new NameHash(key)): string {
  const bytes = Buffer.from(`xx${collection}${name}`);
  const end = 2 + Buffer.byteLength(collection);
  hash.update(bytes, 2, end, bytes.length);
  return [hash.collection, hash.first, hash.second].map((word) => (word >>> 0).toString(16)).join(' ');
}

describe('the hash of names', () => {
  // Computed by a program in Python, from the description in name-hash.ts.
  it.each([
    ['', '', '26de9923 32b8333a d6cf7b7a'],
    ['state/example/cart/17', 'v/items', '5f7c0b98 5e443730 5cf018d6'],
    ['sixteen bytes ☃', 'k'.repeat(33), '2321f30a 6bc3772f ff540fca'],
  ])('of "%s" and "%s" is what it is in every version: index.dump has it', (collection, name, expected) => {
    expect(hashOf(collection, name)).toBe(expected);
  });

  it('differs wherever the names do, also where their texts together are the same', () => {
    const names = ['', 'a', 'b', 'ab', 'a\0', '\0', 'a'.repeat(15), 'a'.repeat(16), 'a'.repeat(17), 'a'.repeat(32), 'é', '☃'];
    const hashes = names.flatMap((collection) => names.map((name) => hashOf(collection, name)));
    expect(new Set(hashes).size).toBe(names.length ** 2);
    expect(new Set(hashes.map((hash) => hash.split(' ')[0])).size).toBe(names.length);
  });

  it('is that of its key alone: another store has others', () => {
    const other = new NameHash(Buffer.from('00112233445566778899aabbccddeefe', 'hex'));
    expect(hashOf('c', 'k', other)).not.toBe(hashOf('c', 'k'));
    expect(hashOf('c', 'k')).toBe(hashOf('c', 'k', new NameHash(key)));
  });

  it('is the same for a key whether its collection was hashed before it or long before', () => {
    const hash = new NameHash(key);
    const bytes = Buffer.from('collectionkeyother');
    hash.updateCollection(bytes, 0, 10);
    hash.updateKey(bytes, 13, 18);
    hash.updateKey(bytes, 10, 13);
    expect([hash.collection, hash.first, hash.second].map((word) => (word >>> 0).toString(16)).join(' ')).toBe(hashOf('collection', 'key'));
  });

  it('spreads similar names evenly', () => {
    const buckets = new Array<number>(64).fill(0);
    const hash = new NameHash(key);
    for (let id = 0; id < 64_000; id += 1) {
      const bytes = Buffer.from(`state/example/cart/${id}v/items`);
      hash.update(bytes, 0, bytes.length - 7, bytes.length);
      const bucket = hash.first & 63;
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // 1,000 each; six standard deviations are 190.
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(190);
  });

  it('changes about half of its bits with any bit of a name', () => {
    const bytes = Buffer.from('state/example/cart/17v/items');
    const hash = new NameHash(key);
    const words = (): number[] => {
      hash.update(bytes, 0, 21, bytes.length);
      return [hash.first, hash.second];
    };
    const before = words();
    let changed = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      changed += words().reduce((sum, word, index) => sum + ones(word ^ (before[index] ?? 0)), 0);
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    }
    expect(changed / (bytes.length * 8)).toBeGreaterThan(29);
    expect(changed / (bytes.length * 8)).toBeLessThan(35);
  });
});

function ones(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length;
}
