import { nearestName } from '../../shared/text/nearest-name.ts';
import { alignRows } from './format.ts';

/** Types beyond this many are only counted. */
const typesShownMax = 8;

/** Lines for people who asked for a type of which nothing is stored; none when something is. */
export function unknownTypeLines(type: string, stored: readonly string[]): readonly string[] {
  if (stored.includes(type)) return [];
  if (stored.length === 0) return ['no function type has state in this folder'];
  const nearest = nearestName(type, stored);
  if (nearest !== undefined) return [`did you mean ${nearest}?`];
  const more = stored.length - typesShownMax;
  const rest = more > 0 ? [[`and ${more} more; statefun state inspect lists them`]] : [];
  return ['types with state:', ...alignRows([...stored.slice(0, typesShownMax).map((name) => [name]), ...rest])];
}
