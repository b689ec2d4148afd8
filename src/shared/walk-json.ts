import { isPlainArray, isPlainObject } from './plain-object.ts';

/** A part of a value that JSON would change or lose. */
export interface JsonLoss {
  /** The keys that lead to it, from the value down; none when it is the value itself. */
  readonly path: (string | number)[];
  readonly part: unknown;
  /** The part is refused for its depth alone. The path of a cycle has `depthMax` keys. */
  readonly isTooDeep: boolean;
}

export interface WalkOptions {
  /** Most levels of arrays and objects, one inside the other. A cycle exceeds every limit, so this also finds cycles. */
  readonly depthMax: number;
  /** Freezes every array and object. Those walked before a loss stay frozen. */
  readonly freeze: boolean;
}

/**
 * Walks a value in one pass. Returns its rough size as JSON, in bytes, or the first part that JSON would change or lose.
 *
 * Two changes are accepted: a property that is undefined is missing afterwards, and -0 becomes 0. Symbol keys, accessors and named properties
 * of arrays are not looked for: finding them costs more than all the rest.
 */
export function walkJson(value: unknown, options: WalkOptions): number | JsonLoss {
  return walk(value, 0, options);
}

function walk(value: unknown, depth: number, options: WalkOptions): number | JsonLoss {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? 8 : lossOf(value);
    case 'boolean':
      return 5;
    case 'object':
      if (value === null) return 4;
      if (depth === options.depthMax) return lossOf(value, true);
      return Array.isArray(value) ? walkArray(value, depth, options) : walkObject(value, depth, options);
    default:
      return lossOf(value);
  }
}

function walkArray(items: readonly unknown[], depth: number, options: WalkOptions): number | JsonLoss {
  if (!isPlainArray(items)) return lossOf(items);
  let size = 2;
  for (let index = 0; index < items.length; index++) {
    const result = walk(items[index], depth + 1, options);
    if (typeof result === 'object') return below(index, result);
    size += result + 1;
  }
  if (options.freeze) Object.freeze(items);
  return size;
}

function walkObject(value: object, depth: number, options: WalkOptions): number | JsonLoss {
  if (!isPlainObject(value)) return lossOf(value);
  let size = 2;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const result = walk(item, depth + 1, options);
    if (typeof result === 'object') return below(key, result);
    size += result + key.length + 4;
  }
  if (options.freeze) Object.freeze(value);
  return size;
}

function lossOf(part: unknown, isTooDeep = false): JsonLoss {
  return { path: [], part, isTooDeep };
}

/** Every level puts its own key in front of the path that the level below returned. */
function below(key: string | number, loss: JsonLoss): JsonLoss {
  loss.path.unshift(key);
  return loss;
}
