import type { DeadLetter } from '../../engine/partition/dead-letters.ts';

/** Returns the beginning of an id. It is different for each of a few hundred ids. */
export function shortId(id: string | undefined): string {
  return id === undefined || id === '' ? '(no id)' : id.slice(0, 8);
}

/** Returns the name of a dead letter, which does not depend on the id that it is kept under. */
export function letterName({ kind, target, messageId, egressId, ingress }: DeadLetter): string {
  const where = target ?? egressId ?? ingress?.name ?? '';
  return `${kind} ${where} ${messageId ?? ingress?.identity ?? ''}`;
}

/** Returns a value as JSON, in which different bytes and different big integers look different. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? 'undefined';
}

/** Returns a value as JSON with sorted keys. */
export function sortedText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) => {
      if (typeof item === 'bigint') return `${item}n`;
      if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? 'undefined'
  );
}

/** Returns the first difference of two maps of texts, for people, or undefined. */
export function firstDifference(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): { readonly key: string; readonly expected: string; readonly actual: string } | undefined {
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    const [one, other] = [expected.get(key) ?? 'nothing', actual.get(key) ?? 'nothing'];
    if (one !== other) return { key, expected: one, actual: other };
  }
  return undefined;
}
