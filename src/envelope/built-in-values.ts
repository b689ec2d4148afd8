/*
 * The types that every StateFun SDK has, `io.statefun.types/<name>`: a Protobuf message with the one field 1. A default value has no bytes.
 *
 *   bool      | 08 | 01 |
 *   int       | 0d | four bytes, little endian |          float     | 0d | IEEE 754, four bytes, little endian |
 *   long      | 09 | eight bytes, little endian |         double    | 09 | IEEE 754, eight bytes, little endian |
 *   string    | 0a | bytes: varint | UTF-8 |
 */
const namespace = 'io.statefun.types/';

/** The value as JSON has it, a long as decimal text; undefined for other types, for what JSON cannot say, and for bytes of another form. */
export function decodeBuiltIn(typename: string, bytes: Uint8Array): boolean | number | string | undefined {
  if (!typename.startsWith(namespace)) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (typename.slice(namespace.length)) {
    case 'bool':
      if (buffer.length === 0) return false;
      return buffer.length === 2 && buffer[0] === 0x08 && buffer[1] === 1 ? true : undefined;
    case 'int':
      return fixed(buffer, 0x0d, 4, 0, () => buffer.readInt32LE(1));
    case 'float':
      return finite(fixed(buffer, 0x0d, 4, 0, () => buffer.readFloatLE(1)));
    case 'double':
      return finite(fixed(buffer, 0x09, 8, 0, () => buffer.readDoubleLE(1)));
    case 'long':
      return fixed(buffer, 0x09, 8, '0', () => buffer.readBigInt64LE(1).toString());
    case 'string':
      return text(buffer);
    default:
      return undefined;
  }
}

/** The bytes of a value in the form that {@link decodeBuiltIn} gives it; undefined for another type, or a value that is not of the type. */
export function encodeBuiltIn(typename: string, value: unknown): Uint8Array | undefined {
  if (!typename.startsWith(namespace)) return undefined;
  switch (typename.slice(namespace.length)) {
    case 'bool':
      return typeof value === 'boolean' ? Buffer.from(value ? [0x08, 1] : []) : undefined;
    case 'int':
      return typeof value === 'number' && (value | 0) === value
        ? write(value === 0, 0x0d, 4, (buffer) => buffer.writeInt32LE(value, 1))
        : undefined;
    case 'float':
      return typeof value === 'number' ? write(value === 0, 0x0d, 4, (buffer) => buffer.writeFloatLE(value, 1)) : undefined;
    case 'double':
      return typeof value === 'number' ? write(value === 0, 0x09, 8, (buffer) => buffer.writeDoubleLE(value, 1)) : undefined;
    case 'long':
      return encodeLong(value);
    case 'string':
      return typeof value === 'string' ? encodeText(value) : undefined;
    default:
      return undefined;
  }
}

function fixed<T>(buffer: Buffer, tag: number, size: number, fallback: T, read: () => T): T | undefined {
  if (buffer.length === 0) return fallback;
  return buffer.length === size + 1 && buffer[0] === tag ? read() : undefined;
}

function finite(value: number | undefined): number | undefined {
  return value === undefined || Number.isFinite(value) ? value : undefined;
}

function text(buffer: Buffer): string | undefined {
  if (buffer.length === 0) return '';
  if (buffer[0] !== 0x0a) return undefined;
  let length = 0;
  for (let index = 1; index < Math.min(buffer.length, 6); index += 1) {
    const byte = buffer[index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * (index - 1));
    if (byte >= 0x80) continue;
    const content = buffer.subarray(index + 1);
    const decoded = content.toString();
    // What is not UTF-8 would be put right silently.
    return content.length === length && Buffer.byteLength(decoded) === length ? decoded : undefined;
  }
  return undefined;
}

function write(isDefault: boolean, tag: number, size: number, fill: (buffer: Buffer) => void): Uint8Array {
  if (isDefault) return new Uint8Array(0);
  const buffer = Buffer.alloc(size + 1, tag);
  fill(buffer);
  return buffer;
}

function encodeLong(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return undefined;
  const number = BigInt(value);
  if (BigInt.asIntN(64, number) !== number) return undefined;
  return write(number === 0n, 0x09, 8, (buffer) => buffer.writeBigInt64LE(number, 1));
}

function encodeText(value: string): Uint8Array {
  const content = Buffer.from(value);
  if (content.length === 0) return content;
  const start = [0x0a];
  let rest = content.length;
  for (; rest > 0x7f; rest >>>= 7) start.push((rest & 0x7f) | 0x80);
  start.push(rest);
  return Buffer.concat([Buffer.from(start), content]);
}
