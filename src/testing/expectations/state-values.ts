/*
 * How the values of cells are written in JSON Lines, where JSON has no value of their kind:
 *
 *   bigint                     its decimal digits as text; as a number where one has all of them
 *   NaN and the infinities     "NaN", "Infinity", "-Infinity"
 *   bytes                      { "$base64": "AQI=" }
 *   an object with toJSON      what toJSON gives: a Date, a message of protobufjs
 */

/** Whether a value of a cell is what a pattern says; undefined where plain comparison decides. */
export function equalsWritten(actual: unknown, expected: unknown): boolean | undefined {
  if (typeof actual === 'bigint') return isSameInteger(actual, expected);
  if (typeof actual === 'number' && !Number.isFinite(actual)) return Object.is(actual, expected) || String(actual) === expected;
  if (actual instanceof Uint8Array) {
    const bytes = expected instanceof Uint8Array ? expected : bytesOf(expected);
    return bytes !== undefined && Buffer.compare(actual, bytes) === 0;
  }
  return undefined;
}

/** What an object of a class says it is as JSON; undefined for one that says nothing. */
export function jsonFormOf(value: object): unknown {
  const { toJSON } = value as { readonly toJSON?: unknown };
  return typeof toJSON === 'function' ? (toJSON.call(value) as unknown) : undefined;
}

/** A value as it is written in JSON Lines, for messages. */
export function written(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
  return value instanceof Uint8Array ? { $base64: Buffer.from(value).toString('base64') } : value;
}

function isSameInteger(actual: bigint, expected: unknown): boolean {
  if (typeof expected === 'number') return Number.isSafeInteger(expected) && BigInt(expected) === actual;
  return expected === actual || expected === String(actual);
}

/** The bytes of `{ "$base64": … }`; undefined for anything else, and for text that is no Base64. */
function bytesOf(expected: unknown): Uint8Array | undefined {
  if (typeof expected !== 'object' || expected === null || Object.keys(expected).length !== 1) return undefined;
  const { $base64: text } = expected as { readonly $base64?: unknown };
  if (typeof text !== 'string') return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
