/**
 * Freezes objects and arrays at every level and returns the value. Typed arrays stay as they are, because they cannot be frozen.
 *
 * It checks nothing, so it suits values that were just parsed. For values from outside, see `walkJson`.
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
