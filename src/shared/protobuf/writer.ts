/*
 * A field of Protobuf:   | tag: field number << 3 | wire type, varint | value |
 *
 *   wire type 0   varint: seven bits a byte, lowest first, the highest bit set on all bytes but the last
 *   wire type 1   eight bytes, little endian
 *   wire type 2   | bytes: varint | that many bytes |   text, bytes, messages
 *   wire type 5   four bytes, little endian
 */
export const varintWire = 0;
export const fixed64Wire = 1;
export const bytesWire = 2;
export const startGroupWire = 3;
export const endGroupWire = 4;
export const fixed32Wire = 5;

/** Shortest text that Node writes, in characters. For shorter ones, a loop costs less than the call. */
const nativeTextLengthMin = 16;

/**
 * Writes Protobuf from the end to the beginning: a nested message is written before its length, so nothing is measured or copied twice. Callers
 * write the fields of a message with the highest number first, so readers see them in the canonical, rising order.
 *
 * Default values (0, false, empty text and bytes) are written like others; callers leave them out.
 */
export class ProtobufWriter {
  #buffer: Buffer;
  /** Start of the written bytes. */
  #start: number;

  constructor(capacityBytes = 1024) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes);
    this.#start = capacityBytes;
  }

  /** Number of written bytes. */
  get byteLength(): number {
    return this.#buffer.byteLength - this.#start;
  }

  finish(): Uint8Array {
    return this.#buffer.subarray(this.#start);
  }

  /** Writes a whole number of at most 53 bits and a sign. A negative one takes ten bytes, as the format requires. */
  int64(field: number, value: number): void {
    if (value >= 0) this.#varint(value);
    else this.#negative(value);
    this.#tag(field, varintWire);
  }

  bool(field: number, value: boolean): void {
    this.#varint(value ? 1 : 0);
    this.#tag(field, varintWire);
  }

  fixed32(field: number, write: (target: Buffer, offset: number) => void): void {
    // Growing may replace the buffer, so it is read afterwards.
    const start = this.#grow(4);
    write(this.#buffer, start);
    this.#tag(field, fixed32Wire);
  }

  fixed64(field: number, write: (target: Buffer, offset: number) => void): void {
    const start = this.#grow(8);
    write(this.#buffer, start);
    this.#tag(field, fixed64Wire);
  }

  text(field: number, value: string): void {
    const bytes = value.length < nativeTextLengthMin && isAscii(value) ? this.#ascii(value) : this.#utf8(value);
    this.#varint(bytes);
    this.#tag(field, bytesWire);
  }

  bytes(field: number, value: Uint8Array): void {
    const start = this.#grow(value.byteLength);
    this.#buffer.set(value, start);
    this.#varint(value.byteLength);
    this.#tag(field, bytesWire);
  }

  /** Writes a nested message, whose fields `write` writes. */
  message(field: number, write: (writer: this) => void): void {
    const before = this.byteLength;
    write(this);
    this.#varint(this.byteLength - before);
    this.#tag(field, bytesWire);
  }

  #tag(field: number, wire: number): void {
    this.#varint(field * 8 + wire);
  }

  #ascii(value: string): number {
    const start = this.#grow(value.length);
    for (let index = 0; index < value.length; index++) this.#buffer[start + index] = value.charCodeAt(index);
    return value.length;
  }

  #utf8(value: string): number {
    const bytes = Buffer.byteLength(value);
    const start = this.#grow(bytes);
    this.#buffer.write(value, start);
    return bytes;
  }

  #varint(value: number): void {
    let bytes = 1;
    for (let limit = 128; value >= limit && bytes < 8; limit *= 128) bytes++;
    let at = this.#grow(bytes);
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) this.#buffer[at++] = (rest % 128) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.#buffer[at++] = (rest & 0x7f) | 0x80;
    this.#buffer[at] = rest;
  }

  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    let at = this.#grow(10);
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[at++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[at] = Number(rest);
  }

  /** Makes room in front of the written bytes and returns the position of their new start. */
  #grow(bytes: number): number {
    if (bytes > this.#start) {
      const length = this.byteLength;
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.byteLength, length + bytes));
      this.#buffer.copy(larger, larger.byteLength - length, this.#start);
      this.#buffer = larger;
      this.#start = larger.byteLength - length;
    }
    return (this.#start -= bytes);
  }
}

function isAscii(value: string): boolean {
  for (let index = 0; index < value.length; index++) if (value.charCodeAt(index) > 0x7f) return false;
  return true;
}
