/** Estimates the bytes of a value as JSON, at a fraction of the cost of writing it. A character counts as one byte. */
export function estimateJsonBytes(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return 8;
    case 'object':
      return value === null ? 4 : estimateObjectBytes(value);
    default:
      return 5;
  }
}

/** Every member adds a separator. A member of an object also adds its name, two quotes and a colon. */
function estimateObjectBytes(value: object): number {
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += estimateJsonBytes(item) + 1;
  } else {
    for (const name in value) bytes += name.length + 4 + estimateJsonBytes((value as Readonly<Record<string, unknown>>)[name]);
  }
  return bytes;
}
