import { deepFreeze } from '../shared/deep-freeze.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { inspectJson } from './inspect-json.ts';

/**
 * Checks, writes and reads the values of a cell. {@link customType} creates others.
 *
 * With `holds: 'value'`, a cell keeps the decoded, frozen value, and reading it costs nothing. With `holds: 'bytes'`, it serializes at every `set` and
 * decodes at every `get`, because its values cannot be frozen: a handler may change them freely, and only `set` persists.
 */
export interface StateType<T> {
  readonly name: string;
  /**
   * Typename in StateFun, `namespace/name`, for messages and state of functions that Flink calls. When undefined, it is the built-in typename, or
   * `statefun.types/<name>`.
   */
  readonly typename?: string | undefined;
  readonly holds: 'value' | 'bytes';
  /** Text is written as UTF-8. */
  encode(value: T): string | Uint8Array;
  decode(bytes: Uint8Array): T;
  /** Freezes the value. Returns its rough size in bytes, or the part that the type would lose, such as `items.a1.added (Date)`. */
  inspect(value: unknown): number | string;
  /** Freezes and returns the value. Throws STATE_NOT_SERIALIZABLE when the type would lose a part of it. */
  ensure(value: unknown): T;
}

/** The protobufjs class of a message, or an object of its shape. */
export interface ProtobufCodec<T> {
  encode(message: NoInfer<T>): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  /** Returns the problem of a message, or null. */
  verify?(message: object): string | null;
}

/** Options of {@link customType}. Both functions may depend only on their argument. */
export interface CustomTypeOptions<T> {
  /** Name of the type in error texts and tools. */
  readonly name: string;
  /** See {@link StateType.typename}. */
  readonly typename?: string;
  encode(value: T): string | Uint8Array;
  decode(bytes: Uint8Array): T;
}

/**
 * JSON, the default: plain objects, arrays, strings, finite numbers, booleans and null. Map, Set, Date, bigint, NaN, class instances,
 * functions and undefined inside an array are refused. An undefined property is missing after a reload, and -0 becomes 0.
 *
 * @param typename - typename in StateFun, such as `'shop/add-to-cart'`: see {@link StateType.typename}.
 */
export function jsonType<T>(typename?: string): StateType<T> {
  // Safe: the type of the value exists only at compile time; at run time there is one JSON.
  return named(json, typename) as StateType<T>;
}

export function stringType(): StateType<string> {
  return string;
}

/** Whole numbers from -2,147,483,648 to 2,147,483,647. */
export function int32Type(): StateType<number> {
  return int32;
}

/** Whole numbers of 64 bits, as bigint. */
export function int64Type(): StateType<bigint> {
  return int64;
}

/** Numbers of 32 bits. `set` rounds to the nearest one, so 0.1 is read as 0.10000000149011612. */
export function float32Type(): StateType<number> {
  return float32;
}

/** Any number, NaN, infinities and -0 included. */
export function float64Type(): StateType<number> {
  return float64;
}

export function booleanType(): StateType<boolean> {
  return boolean;
}

/** Bytes, copied by `set` and by `get` because typed arrays cannot be frozen. */
export function bytesType(typename?: string): StateType<Uint8Array> {
  return named(bytes, typename);
}

/** Messages of a protobufjs class, decoded anew by every `get`. */
export function protobufType<T extends object>(codec: ProtobufCodec<T>, typename?: string): StateType<T> {
  const lossOf = (value: unknown): string | null => {
    if (typeof value !== 'object' || value === null) return describe(value);
    return codec.verify?.(value) ?? null;
  };
  const type = bytesHolding<T>(
    'protobuf',
    lossOf,
    (value) => codec.encode(value).finish(),
    // protobufjs reads text faster from a Buffer.
    (copy) => codec.decode(Buffer.from(copy.buffer)),
  );
  return named(type, typename);
}

/** Values with application code: `set` calls `encode`, every `get` calls `decode`. */
export function customType<T>(options: CustomTypeOptions<T>): StateType<T> {
  const encode = (value: T): string | Uint8Array => {
    const encoded = options.encode(value);
    // Copied, because the function may reuse its bytes.
    return typeof encoded === 'string' ? encoded : new Uint8Array(encoded);
  };
  const type = bytesHolding<T>(
    options.name,
    () => null,
    encode,
    (copy) => options.decode(copy),
  );
  return named(type, options.typename);
}

function named<T>(type: StateType<T>, typename: string | undefined): StateType<T> {
  return typename === undefined ? type : { ...type, typename };
}

function textOf(encoded: Uint8Array): string {
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength).toString();
}

/** Creates a type whose values are frozen and kept decoded. */
function valueHolding<T>(
  name: string,
  inspect: (value: unknown) => number | string,
  encode: (value: T) => string,
  decode: (text: string) => T,
): StateType<T> {
  return {
    name,
    holds: 'value',
    encode,
    decode: (encoded) => decode(textOf(encoded)),
    inspect,
    ensure(value) {
      const result = inspect(value);
      if (typeof result === 'number') return value as T; // Safe: inspect has just checked it.
      throw notSerializable(name, result);
    },
  };
}

/** Creates a type whose values cannot be frozen. `decode` receives a copy, because a decoded message may hold views of its bytes. */
function bytesHolding<T>(
  name: string,
  lossOf: (value: unknown) => string | null,
  encode: (value: T) => string | Uint8Array,
  decode: (copy: Uint8Array) => T,
): StateType<T> {
  const inspect = (value: unknown): number | string => {
    if (value === undefined) return 'the value itself (undefined)';
    const loss = lossOf(value);
    return loss === null ? 0 : loss;
  };
  return {
    name,
    holds: 'bytes',
    encode,
    decode: (encoded) => decode(new Uint8Array(encoded)),
    inspect,
    ensure(value) {
      const result = inspect(value);
      if (typeof result === 'number') return value as T; // Safe as far as the type can check; `encode` finds the rest.
      throw notSerializable(name, result);
    },
  };
}

/** Returns whether the type writes values as `JSON.stringify` does. */
export function isJson(type: StateType<unknown>): boolean {
  return type.holds === 'value' && type.encode === json.encode;
}

/** Returns the error for a value that its type would lose, in whole or in part. */
export function notSerializable(typeName: string, loss: string, cell?: string): StatefunError {
  const owner = cell === undefined ? '' : ` of cell "${cell}"`;
  const summary = `type "${typeName}"${owner} would lose ${loss}.`;
  return new StatefunError('STATE_NOT_SERIALIZABLE', summary, { facts: { type: typeName, loss, cell } });
}

const refuse = (value: unknown): string => `the value itself (${describe(value)})`;

const json = valueHolding<unknown>('json', inspectJson, JSON.stringify, (text) => deepFreeze(JSON.parse(text) as unknown));

/** Creates a type of single values. Reading checks that the value would be written the same way, so that bytes of other types are refused. */
function scalar<T>(
  name: string,
  inspect: (value: unknown) => number | string,
  encode: (value: T) => string,
  read: (text: string) => T,
): StateType<T> {
  return valueHolding(name, inspect, encode, (text) => {
    const value = read(text);
    if (typeof inspect(value) === 'number' && encode(value) === text) return value;
    throw new Error(`${describe(text)} is not the text of a value of type "${name}"`);
  });
}

const string = scalar<string>(
  'string',
  (value) => {
    if (typeof value !== 'string') return refuse(value);
    return loneSurrogate.test(value) ? 'a lone surrogate, which UTF-8 cannot encode' : value.length;
  },
  (value) => value,
  (text) => text,
);

const int32 = scalar<number>('int32', (value) => (typeof value === 'number' && (value | 0) === value ? 8 : refuse(value)), String, Number);

const int64 = scalar<bigint>(
  'int64',
  (value) => (typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? 8 : refuse(value)),
  String,
  BigInt,
);

const float32 = bytesHolding<number>(
  'float32',
  (value) => (typeof value === 'number' ? null : refuse(value)),
  (value) => textOfNumber(Math.fround(value)),
  (copy) => Number(textOf(copy)),
);

const float64 = scalar<number>('float64', (value) => (typeof value === 'number' ? 8 : refuse(value)), textOfNumber, Number);

function textOfNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

const boolean = scalar<boolean>(
  'boolean',
  (value) => (typeof value === 'boolean' ? 5 : refuse(value)),
  String,
  (text) => text === 'true',
);

const bytes = bytesHolding<Uint8Array>(
  'bytes',
  (value) => (value instanceof Uint8Array ? null : refuse(value)),
  (value) => new Uint8Array(value),
  (copy) => copy,
);

/** Matches a lone surrogate. JavaScript strings can contain one, UTF-8 cannot. */
export const loneSurrogate = /\p{Surrogate}/u;
