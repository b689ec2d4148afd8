/** Rounds of the permutation. Chaskey has 8; attacks are known for up to 7. */
const rounds = 8;

/**
 * The hash of a key: 32 bits of the collection alone, and 64 bits of collection and key together, as signed words, which V8 does not box.
 *
 * The hash is keyed by the store's id, which no client knows, so that nobody can choose ids that collide. It is a MAC over 16-byte blocks with
 * the permutation of Chaskey (Mouha et al., 2014), which needs only the 32-bit operations that JavaScript has.
 * Each text is padded with the byte 0x80 and zeros to a whole block. At the start of the key and at the end of a hash a mask derived from the
 * store's id is added, as in CMAC, so that no choice of names cancels it.
 */
export class NameHash {
  /** Hash of the collection. */
  collection = 0;
  /** Hash of collection and key, in two halves. */
  first = 0;
  second = 0;

  readonly #start = new Int32Array(4);
  readonly #keyMask = new Int32Array(4);
  readonly #endMask = new Int32Array(4);
  /** The state after the collection that was hashed last. */
  readonly #afterCollection = new Int32Array(4);
  readonly #state = new Int32Array(4);

  /** @param secret 16 bytes that are unknown to clients */
  constructor(secret: Uint8Array) {
    const words = new DataView(secret.buffer, secret.byteOffset, 16);
    const key = Int32Array.from([0, 4, 8, 12], (offset) => words.getInt32(offset, true));
    absorb(this.#start, key, noMask, Uint8Array.of(1), 0, 1);
    absorb(this.#keyMask, key, noMask, Uint8Array.of(2), 0, 1);
    absorb(this.#endMask, key, noMask, Uint8Array.of(3), 0, 1);
  }

  /** Hashes the collection in `bytes[start..collectionEnd)` and the key in `bytes[collectionEnd..keyEnd)`. */
  update(bytes: Uint8Array, start: number, collectionEnd: number, keyEnd: number): void {
    this.updateCollection(bytes, start, collectionEnd);
    this.updateKey(bytes, collectionEnd, keyEnd);
  }

  /** Hashes a collection. The keys hashed next belong to it. */
  updateCollection(bytes: Uint8Array, start: number, end: number): void {
    absorb(this.#afterCollection, this.#start, noMask, bytes, start, end);
    absorb(this.#state, this.#afterCollection, this.#endMask, noBytes, 0, 0);
    this.collection = this.#state[0] ?? 0;
  }

  /** Hashes a key of the collection that was hashed last. */
  updateKey(bytes: Uint8Array, start: number, end: number): void {
    absorb(this.#state, this.#afterCollection, this.#keyMask, bytes, start, end);
    absorb(this.#state, this.#state, this.#endMask, noBytes, 0, 0);
    this.first = this.#state[0] ?? 0;
    this.second = this.#state[1] ?? 0;
  }
}

const noBytes = new Uint8Array(0);
const noMask = new Int32Array(4);

/** Adds a text to a state with a mask, block by block. */
function absorb(target: Int32Array, from: Int32Array, mask: Int32Array, bytes: Uint8Array, start: number, end: number): void {
  let a = (from[0] ?? 0) ^ (mask[0] ?? 0);
  let b = (from[1] ?? 0) ^ (mask[1] ?? 0);
  let c = (from[2] ?? 0) ^ (mask[2] ?? 0);
  let d = (from[3] ?? 0) ^ (mask[3] ?? 0);
  for (let offset = start; offset <= end; offset += 16) {
    a ^= wordAt(bytes, offset, end);
    b ^= wordAt(bytes, offset + 4, end);
    c ^= wordAt(bytes, offset + 8, end);
    d ^= wordAt(bytes, offset + 12, end);
    for (let round = 0; round < rounds; round += 1) {
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 13) | (d >>> 19)) ^ a;
      c = (c + b) | 0;
      b = ((b << 7) | (b >>> 25)) ^ c;
      c = (c << 16) | (c >>> 16);
    }
  }
  target[0] = a;
  target[1] = b;
  target[2] = c;
  target[3] = d;
}

/** Returns four bytes, little-endian, padded with 0x80 and zeros after the end. */
function wordAt(bytes: Uint8Array, offset: number, end: number): number {
  if (offset + 4 <= end) {
    return (bytes[offset] ?? 0) | ((bytes[offset + 1] ?? 0) << 8) | ((bytes[offset + 2] ?? 0) << 16) | ((bytes[offset + 3] ?? 0) << 24);
  }
  let word = 0;
  for (let index = offset; index < end; index += 1) word |= (bytes[index] ?? 0) << ((index - offset) * 8);
  return offset <= end ? word | (0x80 << ((end - offset) * 8)) : word;
}
