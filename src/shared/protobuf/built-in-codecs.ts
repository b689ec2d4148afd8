import { ProtobufReader } from './reader.ts';
import { ProtobufWriter } from './writer.ts';

/** Writes and reads values of one built-in type of StateFun. */
export interface BuiltInCodec<T> {
  /** `io.statefun.types/<name>`. */
  readonly typename: string;
  encode(value: T): Uint8Array;
  /** Throws a ProtobufError for bytes that are not a message. */
  decode(bytes: Uint8Array): T;
}

/*
 * The built-in types are Protobuf messages with one field, number 1. They are written in one form only, because Java reads them by hand:
 *
 *   bool      08 01                       false: nothing
 *   int       0D | 4 bytes, little end    0: nothing
 *   long      09 | 8 bytes, little end    0: nothing
 *   float     0D | binary32, little end   0: nothing; -0 is written, so that it stays -0
 *   double    09 | binary64, little end   0: nothing; -0 likewise
 *   string    0A | length | UTF-8         "": nothing
 */
const noBytes = new Uint8Array(0);

export const boolCodec: BuiltInCodec<boolean> = {
  typename: 'io.statefun.types/bool',
  encode: (value) => write(value, (writer) => writer.bool(1, value)),
  decode: (bytes) => read(bytes, false, (reader) => (reader.isVarint() ? reader.bool() : undefined)),
};

export const intCodec: BuiltInCodec<number> = {
  typename: 'io.statefun.types/int',
  encode: (value) => write(value !== 0, (writer) => writer.fixed32(1, (target, offset) => target.writeInt32LE(value, offset))),
  decode: (bytes) => read(bytes, 0, (reader) => (reader.isFixed32() ? reader.fixed(4).readInt32LE() : undefined)),
};

export const longCodec: BuiltInCodec<bigint> = {
  typename: 'io.statefun.types/long',
  encode: (value) => write(value !== 0n, (writer) => writer.fixed64(1, (target, offset) => target.writeBigInt64LE(value, offset))),
  decode: (bytes) => read(bytes, 0n, (reader) => (reader.isFixed64() ? reader.fixed(8).readBigInt64LE() : undefined)),
};

export const floatCodec: BuiltInCodec<number> = {
  typename: 'io.statefun.types/float',
  encode: (value) => {
    const rounded = Math.fround(value);
    return write(!Object.is(rounded, 0), (writer) => writer.fixed32(1, (target, offset) => target.writeFloatLE(rounded, offset)));
  },
  decode: (bytes) => read(bytes, 0, (reader) => (reader.isFixed32() ? reader.fixed(4).readFloatLE() : undefined)),
};

export const doubleCodec: BuiltInCodec<number> = {
  typename: 'io.statefun.types/double',
  encode: (value) => write(!Object.is(value, 0), (writer) => writer.fixed64(1, (target, offset) => target.writeDoubleLE(value, offset))),
  decode: (bytes) => read(bytes, 0, (reader) => (reader.isFixed64() ? reader.fixed(8).readDoubleLE() : undefined)),
};

export const stringCodec: BuiltInCodec<string> = {
  typename: 'io.statefun.types/string',
  encode: (value) => write(value !== '', (writer) => writer.text(1, value)),
  decode: (bytes) => read(bytes, '', (reader) => (reader.isBytes() ? reader.text() : undefined)),
};

function write(needed: boolean, field: (writer: ProtobufWriter) => void): Uint8Array {
  if (!needed) return noBytes;
  const writer = new ProtobufWriter(16);
  field(writer);
  return writer.finish();
}

/** Skips unknown fields and returns the last of several values, as every Protobuf library does. */
function read<T>(bytes: Uint8Array, fallback: T, take: (reader: ProtobufReader) => T | undefined): T {
  const reader = new ProtobufReader(bytes);
  let value = fallback;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) value = take(reader) ?? value;
  }
  return value;
}
