import { isUtf8 } from 'node:buffer';
import { bytesWire, endGroupWire, fixed32Wire, fixed64Wire, startGroupWire, varintWire } from './writer.ts';

/** Most levels of nested groups of unknown fields. Deeper ones would be an attack on the stack. */
const groupDepthMax = 100;

/** The bytes are not Protobuf, or end too early. Callers wrap it in an error with a code. */
export class ProtobufError extends Error {}

/**
 * Reads the fields of one message in order: `next` moves to a field, and one of the other methods returns its value.
 *
 * 1. A field whose value was not read is skipped by the following `next`, whatever its wire type.
 * 2. Nothing is read past the end of the message: a value that is too long is an error, never a shorter value.
 * 3. `bytes` returns a view of the message; nothing is copied.
 */
export class ProtobufReader {
  readonly #buffer: Buffer;
  #position = 0;
  #wire = -1;

  constructor(bytes: Uint8Array) {
    // Nested messages are already Buffers, and creating one costs more than reading a short message.
    this.#buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves to the next field and returns its number, or 0 at the end. */
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

  /** Returns whether the value of the field has the kind that the schema expects. Otherwise the field counts as unknown, and is skipped. */
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

  /** Reads a whole number of 64 bits. Beyond 53 bits, it returns the nearest one that JavaScript can represent. */
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
    // Invalid bytes are not replaced silently: an id would become another id.
    if (!isUtf8(this.#buffer.subarray(start, end))) throw this.#error('a text is not UTF-8');
    return this.#buffer.toString('utf8', start, end);
  }

  bytes(): Buffer {
    this.#wire = -1;
    const length = this.#length();
    const start = this.#advance(length);
    return this.#buffer.subarray(start, start + length);
  }

  /** Reads the four or eight bytes of a number. */
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
    if (length > this.#buffer.byteLength - this.#position) throw this.#error('a value is longer than the rest of the message');
    return length;
  }

  #varint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte();
      // Not shifted: the fifth byte would reach the sign bit.
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

  /** Moves forward and returns the previous position. */
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

/** Joins the bytes of a repeated message field. Protobuf merges its occurrences, which equals reading one after the other. */
export function mergeOccurrences(before: Uint8Array | undefined, next: Uint8Array): Uint8Array {
  return before === undefined ? next : Buffer.concat([before, next]);
}
