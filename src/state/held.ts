import { StatefunError } from '../shared/errors.ts';
import { entryOverheadBytes, exactSizeBytesMin } from './limits.ts';
import { notSerializable, type StateType } from './state-type.ts';

/** One value in memory: decoded and frozen, or encoded, or both while a large one waits to be written. */
export class Held<T> {
  /** Undefined: not decoded yet, or of a type that holds bytes. */
  value: T | undefined;
  /** Undefined: has to be encoded to be written. */
  encoded: string | Uint8Array | undefined;
  /** Rough size with everything an entry costs, in bytes; exact for what was loaded and from `exactSizeBytesMin` on. */
  readonly sizeBytes: number;
  /** Where a table entry stands among the others: by rising stamps. 0 elsewhere. */
  readonly stamp: number;

  constructor(value: T | undefined, encoded: string | Uint8Array | undefined, sizeBytes: number, stamp: number) {
    this.value = value;
    this.encoded = encoded;
    this.sizeBytes = sizeBytes;
    this.stamp = stamp;
  }
}

/** Checks and freezes a value that a handler gave to a cell. */
export function hold<T>(value: T, type: StateType<T>, cell: string, keySizeBytes: number, stamp: number): Held<T> {
  const result = type.inspect(value);
  if (typeof result === 'string') throw notSerializable(type.name, result, cell);
  const overheadBytes = keySizeBytes + entryOverheadBytes;
  if (type.holds === 'value' && result < exactSizeBytesMin) return new Held(value, undefined, result + overheadBytes, stamp);
  const encoded = type.encode(value);
  const sizeBytes = typeof encoded === 'string' ? Buffer.byteLength(encoded) : encoded.byteLength;
  return new Held(type.holds === 'value' ? value : undefined, encoded, sizeBytes + overheadBytes, stamp);
}

/** Takes a value as it was stored; it is decoded when it is first read. */
export function holdEncoded<T>(encoded: Uint8Array, keySizeBytes: number, stamp: number): Held<T> {
  return new Held<T>(undefined, encoded, encoded.byteLength + keySizeBytes + entryOverheadBytes, stamp);
}

/** The value: frozen, or of a type that holds bytes a new one each time. */
export function readHeld<T>(held: Held<T>, type: StateType<T>, cell: string): T {
  if (held.value !== undefined) return held.value;
  const value = decode(held.encoded, type, cell);
  if (type.holds === 'value') {
    held.value = value;
    held.encoded = undefined;
  }
  return value;
}

/** The value as it is written. A frozen value lets go of its encoded form, which has no further use. */
export function encodeHeld<T>(held: Held<T>, type: StateType<T>): string | Uint8Array {
  const { encoded, value } = held;
  // Safe: one of the two is always there, and only a type that holds bytes, or a value that is not decoded, lacks the value.
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
