import type { DeadLetter } from '../../engine/partition/dead-letters.ts';

/** An id short enough to be read; of a few hundred ids no two begin alike. */
export function shortId(id: string | undefined): string {
  return id === undefined || id === '' ? '(no id)' : id.slice(0, 8);
}

/** What tells dead letters apart, whatever id they were kept under. */
export function letterName({ kind, target, messageId, egressId, ingress }: DeadLetter): string {
  const where = target ?? egressId ?? ingress?.name ?? '';
  return `${kind} ${where} ${messageId ?? ingress?.identity ?? ''}`;
}

/** JSON in which bytes and big integers differ from others of their kind. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? 'undefined';
}

/** The same for what may differ in the order of its keys. */
export function sortedText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) => {
      if (typeof item === 'bigint') return `${item}n`;
      if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
      return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
    }) ?? 'undefined'
  );
}

/** The first difference of two texts by key, readably; undefined when there is none. */
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
