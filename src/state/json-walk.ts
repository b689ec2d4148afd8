import { describe } from '../shared/errors.ts';
import { jsonDepthMax } from './limits.ts';

/**
 * Freezes a value all the way down in one pass and answers its rough size as JSON in bytes, or, when JSON would lose something, the
 * place and what is there, such as `items.a1.added (Date)`. What was walked before the place of a loss stays frozen.
 *
 * Two losses are let through: a property that is undefined (after a reload it is missing, and reads the same), and the sign of -0.
 * Symbol keys, accessors and named properties of arrays are not looked for: finding them costs more than all the rest.
 */
export function freezeJson(value: unknown): number | string {
  const result = walk(value, 0);
  if (typeof result === 'number') return result;
  const place = result.startsWith('.') ? result.slice(1) : result;
  return place.startsWith(' ') ? `the value itself${place}` : shorten(place);
}

/** The size, or the path of the loss from this value on: every level puts its own key in front of what the level below answered. */
function walk(value: unknown, depth: number): number | string {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? 8 : ` (${value})`;
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth === jsonDepthMax) return ` (nested deeper than ${jsonDepthMax}, or a cycle)`;
      return Array.isArray(value) ? walkArray(value, depth) : walkObject(value, depth);
    default:
      return ` (${typeof value})`;
  }
}

function walkArray(items: readonly unknown[], depth: number): number | string {
  if (!isPlainArray(items)) return ` (${nameOf(items)})`;
  let size = 2;
  for (let index = 0; index < items.length; index++) {
    const result = walk(items[index], depth + 1);
    if (typeof result === 'string') return `[${index}]${result}`;
    size += result + 1;
  }
  Object.freeze(items);
  return size;
}

function walkObject(value: object, depth: number): number | string {
  if (!isPlainObject(value)) return ` (${nameOf(value)})`;
  // Safe: a plain object has string keys, and what they hold is checked here.
  const properties = value as Readonly<Record<string, unknown>>;
  let size = 2;
  for (const key in properties) {
    const item = properties[key];
    if (item === undefined) continue;
    const result = walk(item, depth + 1);
    if (typeof result === 'string') return `${formatKey(key)}${result}`;
    size += result + key.length + 4;
  }
  Object.freeze(value);
  return size;
}

/** Objects of another realm (a worker, a vm context) are plain too: their prototype is the root of theirs. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isRootPrototype(prototype);
}

function isPlainArray(value: readonly unknown[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return true;
  return typeof prototype === 'object' && prototype !== null && isRootPrototype(Object.getPrototypeOf(prototype));
}

function isRootPrototype(prototype: unknown): boolean {
  return (
    typeof prototype === 'object' &&
    prototype !== null &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

function nameOf(value: object): string {
  return describe(value).replace(/^an (instance of )?/, '');
}

function formatKey(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${describe(key)}]`;
}

/** The path of a cycle is as long as the depth limit: its two ends say enough. */
function shorten(place: string): string {
  return place.length <= 200 ? place : `${place.slice(0, 100)}…${place.slice(-100)}`;
}
