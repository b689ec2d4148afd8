/**
 * Freezes a value of JSON's shapes all the way down and returns it. Anything that is not a plain object or array is left alone.
 *
 * Handlers receive and give away values that other invocations see too; a frozen value cannot be changed behind their backs.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') deepFreeze(item);
  } else {
    for (const key in value) {
      const item = value[key];
      if (typeof item === 'object') deepFreeze(item);
    }
  }
  return Object.freeze(value);
}
