import { describe } from '../shared/errors.ts';
import { walkJson, type JsonLoss } from '../shared/walk-json.ts';
import { jsonDepthMax } from './limits.ts';

/**
 * Freezes a value at every level. Returns its rough size as JSON in bytes, or, when JSON would lose something, the place and what is there, such
 * as `items.a1.added (Date)`.
 */
export function inspectJson(value: unknown): number | string {
  const result = walkJson(value, walkOptions);
  return typeof result === 'number' ? result : placeOf(result);
}

const walkOptions = { depthMax: jsonDepthMax, freeze: true };

function placeOf({ path, part, isTooDeep }: JsonLoss): string {
  const found = isTooDeep ? `nested deeper than ${jsonDepthMax}, or a cycle` : nameOf(part);
  if (path.length === 0) return `the value itself (${found})`;
  return shorten(`${path.map(formatKey).join('').replace(/^\./, '')} (${found})`);
}

function nameOf(part: unknown): string {
  if (typeof part === 'number') return String(part);
  return typeof part === 'object' ? describe(part).replace(/^an (instance of )?/, '') : typeof part;
}

function formatKey(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key) ? `.${key}` : `[${describe(key)}]`;
}

/** The path of a cycle is as long as the depth limit: its two ends say enough. */
function shorten(place: string): string {
  return place.length <= 200 ? place : `${place.slice(0, 100)}…${place.slice(-100)}`;
}
