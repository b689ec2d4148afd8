import { isUtf8 } from 'node:buffer';
import { bytesWire, endGroupWire, fixed32Wire, fixed64Wire, startGroupWire, varintWire } from './writer.ts';

/** How deep groups of unknown fields may be nested; deeper is an attack on the stack, not a message. */
const groupDepthMax = 100;

/** The bytes are not Protobuf, or end too early. Whoever knows what they were meant to be says so in an error with a code. */
export class ProtobufError extends Error {}

/**
 * Reads the fields of one message, one after the other: `next` goes to a field, and one of the other methods takes its value.
 *
 * 1. A field that nobody takes, of whatever wire type, is skipped by the following `next`.
 * 2. Nothing is read past the end of the message: a value that would be is an error, never a shorter value.
 * 3. `bytes` answers a view of what is read; nothing is copied.
 */
export class ProtobufReader {
  readonly #buffer: Buffer;
  #position = 0;
  #wire = -1;

  constructor(bytes: Uint8Array) {
    // Nested messages are Buffers already, and making one costs more than reading a short message.
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes to the next field; answers its number, 0 at the end. */
  next(): number {
    if (this.#wire !== -1) this.#skip(this.#wire, 0);
    if (this.#position === this.#buffer.byteLength) {
      this.#wire = -1;
      return 0;
    }
    const field = this.#tag();
    if (this.#wire === endGroupWire) throw this.#error('a group ends that has not begun');
    return field;
  }

  /** Whether the value of the field is of the kind that a schema expects; one that is not counts as unknown, and is skipped. */
  isVarint(): boolean {
    return this.#wire === varintWire;
  }

  isBytes(): boolean {
    return this.#wire === bytesWire;
  }

  isFixed32(): boolean {
    return this.#wire === fixed32Wire;
  }

  isFixed64(): boolean {
    return this.#wire === fixed64Wire;
  }

  /** A whole number of 64 bits; beyond 53 bits the nearest one that JavaScript has. */
  int64(): number {
    this.#wire = -1;
    const first = this.#byte();
    if (first < 0x80) return first;
    let value = BigInt(first & 0x7f);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw this.#error('a number has more than ten bytes');
  }

  bool(): boolean {
    return this.int64() !== 0;
  }

  text(): string {
    this.#wire = -1;
    const length = this.#length();
    const start = this.#advance(length);
    const end = start + length;
    if (this.#isAscii(start, end)) return this.#buffer.toString('latin1', start, end);
    // Put right silently, an id would become another id.
    if (!isUtf8(this.#buffer.subarray(start, end))) throw this.#error('a text is not UTF-8');
    return this.#buffer.toString('utf8', start, end);
  }

  bytes(): Buffer {
    this.#wire = -1;
    const length = this.#length();
    const start = this.#advance(length);
    return this.#buffer.subarray(start, start + length);
  }

  /** The four or eight bytes of a number. */
  fixed(bytes: 4 | 8): Buffer {
    this.#wire = -1;
    const start = this.#advance(bytes);
    return this.#buffer.subarray(start, start + bytes);
  }

  #isAscii(start: number, end: number): boolean {
    for (let at = start; at < end; at++) if ((this.#buffer[at] ?? 0) > 0x7f) return false;
    return true;
  }

  #tag(): number {
    const tag = this.#varint32();
    const field = tag >>> 3;
    if (field === 0) throw this.#error('a field has number 0');
    this.#wire = tag & 7;
    return field;
  }

  #skip(wire: number, depth: number): void {
    switch (wire) {
      case varintWire:
        this.int64();
        return;
      case fixed64Wire:
        this.#advance(8);
        return;
      case bytesWire:
        this.#advance(this.#length());
        return;
      case startGroupWire:
        this.#skipGroup(depth);
        return;
      case fixed32Wire:
        this.#advance(4);
        return;
      default:
        throw this.#error(`a field has the unknown wire type ${wire}`);
    }
  }

  #skipGroup(depth: number): void {
    if (depth === groupDepthMax) throw this.#error(`groups are nested deeper than ${groupDepthMax}`);
    for (;;) {
      this.#tag();
      if (this.#wire === endGroupWire) return;
      this.#skip(this.#wire, depth + 1);
    }
  }

  #length(): number {
    const length = this.#varint32();
    if (length > this.#buffer.byteLength - this.#position) throw this.#error('a value is longer than what is left');
    return length;
  }

  #varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      // Not shifted: the fifth byte would reach into the sign.
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffffffff) break;
        return value;
      }
    }
    throw this.#error('a length or tag has more than 32 bits');
  }

  #byte(): number {
    const byte = this.#buffer[this.#position];
    if (byte === undefined) throw this.#error('the bytes end within a value');
    this.#position++;
    return byte;
  }

  /** Moves on; answers where it was. */
  #advance(bytes: number): number {
    const start = this.#position;
    if (bytes > this.#buffer.byteLength - start) throw this.#error('the bytes end within a value');
    this.#position = start + bytes;
    return start;
  }

  #error(what: string): ProtobufError {
    return new ProtobufError(`${what}, at byte ${this.#position} of ${this.#buffer.byteLength}`);
  }
}

/** The bytes of a message that occurs again: Protobuf merges the occurrences, which is the same as reading one after the other. */
export function mergeOccurrences(before: Uint8Array | undefined, next: Uint8Array): Uint8Array {
  return before === undefined ? next : Buffer.concat([before, next]);
}
