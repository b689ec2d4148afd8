import { StatefunError } from '../shared/errors.ts';
import { entryOverheadBytes, exactSizeBytesMin } from './limits.ts';
import { notSerializable, type StateType } from './state-type.ts';

/** One value in memory: decoded and frozen, encoded, or both while a large value waits to be written. */
export class Held<T> {
  /** The decoded value. Undefined until it is first read, and always for a type that holds bytes. */
  value: T | undefined;
  /** The encoded value. Undefined when it has to be encoded before it is written. */
  encoded: string | Uint8Array | undefined;
  /** Rough size in bytes, overhead included. Exact for loaded values and from `exactSizeBytesMin` on. */
  readonly sizeBytes: number;
  /** Orders the entries of a table: rising stamps. 0 for values and list items. */
  readonly stamp: number;

  constructor(value: T | undefined, encoded: string | Uint8Array | undefined, sizeBytes: number, stamp: number) {
    this.value = value;
    this.encoded = encoded;
    this.sizeBytes = sizeBytes;
    this.stamp = stamp;
  }
}

/** Checks and freezes a value that a handler set. */
export function hold<T>(value: T, type: StateType<T>, cell: string, keySizeBytes: number, stamp: number): Held<T> {
  const result = type.inspect(value);
  if (typeof result === 'string') throw notSerializable(type.name, result, cell);
  const overheadBytes = keySizeBytes + entryOverheadBytes;
  if (type.holds === 'value' && result < exactSizeBytesMin) return new Held(value, undefined, result + overheadBytes, stamp);
  const encoded = type.encode(value);
  const sizeBytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
  return new Held(type.holds === 'value' ? value : undefined, encoded, sizeBytes + overheadBytes, stamp);
}

/** Holds a stored value. It is decoded when it is first read. */
export function holdEncoded<T>(encoded: Uint8Array, keySizeBytes: number, stamp: number): Held<T> {
  return new Held<T>(undefined, encoded, encoded.byteLength + keySizeBytes + entryOverheadBytes, stamp);
}

/** Returns the value: frozen, or a new one at each call for a type that holds bytes. */
export function readHeld<T>(held: Held<T>, type: StateType<T>, cell: string): T {
  if (held.value !== undefined) return held.value;
  const value = decode(held.encoded, type, cell);
  if (type.holds === 'value') {
    held.value = value;
    held.encoded = undefined;
  }
  return value;
}

/** Returns the encoded value for writing. A frozen value then drops its encoded form, which has no further use. */
export function encodeHeld<T>(held: Held<T>, type: StateType<T>): string | Uint8Array {
  const { encoded, value } = held;
  // Safe: one of the two is always defined, and the value is undefined only for a type that holds bytes, or before decoding.
  if (encoded === undefined) return type.encode(value as T);
  if (value !== undefined) held.encoded = undefined;
  return encoded;
}

function decode<T>(encoded: string | Uint8Array | undefined, type: StateType<T>, cell: string): T {
  try {
    return type.decode(typeof encoded === 'string' ? Buffer.from(encoded) : (encoded ?? new Uint8Array(0)));
  } catch (cause) {
    const summary = `the stored value of cell "${cell}" cannot be read as type "${type.name}".`;
    throw new StatefunError('STATE_UNREADABLE', summary, { facts: { cell, type: type.name }, cause });
  }
}
