import {
  boolCodec,
  doubleCodec,
  floatCodec,
  intCodec,
  longCodec,
  stringCodec,
  type BuiltInCodec,
} from '../shared/protobuf/built-in-codecs.ts';
import { ProtobufError } from '../shared/protobuf/reader.ts';

/** A value of a built-in type in JSON. A long is decimal text. */
export type BuiltInValue = boolean | number | string;

/** Converts between the bytes of a built-in type and JSON. */
interface JsonForm {
  /** Returns undefined for bytes that JSON cannot restore. */
  decode(bytes: Uint8Array): BuiltInValue | undefined;
  /** Returns undefined for a value of another type. */
  encode(value: unknown): Uint8Array | undefined;
}

const forms: ReadonlyMap<string, JsonForm> = new Map(
  [
    formOf(
      boolCodec,
      (value) => value,
      (json) => (typeof json === 'boolean' ? json : undefined),
    ),
    formOf(
      intCodec,
      (value) => value,
      (json) => (typeof json === 'number' && (json | 0) === json ? json : undefined),
    ),
    formOf(floatCodec, toFinite, toNumber),
    formOf(doubleCodec, toFinite, toNumber),
    formOf(longCodec, (value) => value.toString(), toLong),
    formOf(
      stringCodec,
      (value) => value,
      (json) => (typeof json === 'string' ? json : undefined),
    ),
  ].map(({ typename, form }) => [typename, form]),
);

/** Returns the value in JSON. Returns undefined for other types, for values that JSON cannot express, and for bytes that this code would write differently. */
export function decodeBuiltIn(typename: string, bytes: Uint8Array): BuiltInValue | undefined {
  return forms.get(typename)?.decode(bytes);
}

/** Encodes a value of {@link decodeBuiltIn}. Returns undefined for other types, and for a value that is not of the type. */
export function encodeBuiltIn(typename: string, value: unknown): Uint8Array | undefined {
  return forms.get(typename)?.encode(value);
}

function formOf<T>(
  codec: BuiltInCodec<T>,
  toJson: (value: T) => BuiltInValue | undefined,
  fromJson: (json: unknown) => T | undefined,
): { readonly typename: string; readonly form: JsonForm } {
  const encode = (json: unknown): Uint8Array | undefined => {
    const value = fromJson(json);
    return value === undefined ? undefined : codec.encode(value);
  };
  const decode = (bytes: Uint8Array): BuiltInValue | undefined => {
    try {
      const json = toJson(codec.decode(bytes));
      const again = json === undefined ? undefined : encode(json);
      return again !== undefined && Buffer.compare(again, bytes) === 0 ? json : undefined;
    } catch (error) {
      if (error instanceof ProtobufError) return undefined;
      throw error;
    }
  };
  return { typename: codec.typename, form: { decode, encode } };
}

/** Returns whether JSON can express a number: it has no infinities, NaN or -0. */
function toFinite(value: number): number | undefined {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
}

function toNumber(json: unknown): number | undefined {
  return typeof json === 'number' ? json : undefined;
}

function toLong(json: unknown): bigint | undefined {
  if (typeof json !== 'string' || !/^-?\d{1,19}$/.test(json)) return undefined;
  const value = BigInt(json);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
