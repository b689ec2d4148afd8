import { isPlainObject } from '../shared/plain-object.ts';

/** Returns whether two JSON values are equal, regardless of the order of object keys. Instances of classes are never equal. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((item, index) => isSameJson(item, right[index]));
  }
  if (!isPlainObject(left) || !isPlainObject(right)) return false;
  for (const name in left) if (!Object.hasOwn(right, name) || !isSameJson(left[name], right[name])) return false;
  for (const name in right) if (!Object.hasOwn(left, name)) return false;
  return true;
}
