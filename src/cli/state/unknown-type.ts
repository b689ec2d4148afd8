import { nearestName } from '../../shared/text/nearest-name.ts';
import { alignRows } from './format.ts';

/** Most types that are listed; the others are only counted. */
const typesShownMax = 8;

/** Returns a hint for a type without stored state; empty when the type has state. */
export function unknownTypeLines(type: string, stored: readonly string[]): readonly string[] {
  if (stored.includes(type)) return [];
  if (stored.length === 0) return ['no function type has state in this folder'];
  const nearest = nearestName(type, stored);
  if (nearest !== undefined) return [`did you mean ${nearest}?`];
  const more = stored.length - typesShownMax;
  const rest = more > 0 ? [[`and ${more} more; statefun state inspect lists them`]] : [];
  return ['types with state:', ...alignRows([...stored.slice(0, typesShownMax).map((name) => [name]), ...rest])];
}
