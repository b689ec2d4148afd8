/*
 * The form in JSON Lines of cell values that JSON does not have:
 *
 *   bigint                     its decimal digits as text; as a number where one has all of them
 *   NaN and the infinities     "NaN", "Infinity", "-Infinity"
 *   bytes                      { "$base64": "AQI=" }
 *   an object with toJSON      what toJSON gives: a Date, a message of protobufjs
 */

/** Whether a cell value equals its written form in a pattern; undefined if plain comparison decides. */
export function equalsWritten(actual: unknown, expected: unknown): boolean | undefined {
  if (typeof actual === 'bigint') return isSameInteger(actual, expected);
  if (typeof actual === 'number' && !Number.isFinite(actual)) return Object.is(actual, expected) || String(actual) === expected;
  if (actual instanceof Uint8Array) {
    const bytes = expected instanceof Uint8Array ? expected : bytesOf(expected);
    return bytes !== undefined && Buffer.compare(actual, bytes) === 0;
  }
  return undefined;
}

/** Returns the result of an object's `toJSON`, or undefined. */
export function jsonFormOf(value: object): unknown {
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : undefined;
}

/** Returns the written form of a value, for messages. */
export function written(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value instanceof Uint8Array ? { $base64: Buffer.from(value).toString('base64') } : value;
}

function isSameInteger(actual: bigint, expected: unknown): boolean {
  if (typeof expected === 'number') return Number.isSafeInteger(expected) && BigInt(expected) === actual;
  return expected === actual || expected === String(actual);
}

/** Returns the bytes of `{ "$base64": … }`; undefined for anything else, and for text that is not Base64. */
function bytesOf(expected: unknown): Uint8Array | undefined {
  if (typeof expected !== 'object' || expected === null || Object.keys(expected).length !== 1) return undefined;
  const { $base64: text } = expected as { readonly $base64?: unknown };
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
