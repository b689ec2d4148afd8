/** A level of a key without what relaxed binding ignores: `ingressStream`, `ingress-stream` and `INGRESS_STREAM` are one. */
export function relaxed(level: string): string {
  return level.toLowerCase().replace(/[-_]/g, '');
}

/** A whole key, relaxed: what settings are found by. */
export function relaxedKey(path: readonly string[]): string {
  return path.map(relaxed).join('.');
}

/** The environment variable of a key: `STATEFUN_KINESIS__INGRESS_STREAM`. */
export function variableOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/-/g, '_');
  return `${variablePrefix}${words.replaceAll('.', '__').toUpperCase()}`;
}

export const variablePrefix = 'STATEFUN_';

/** `MAX_DISCOUNT` as TypeScript writes it: `maxDiscount`. A level that is not all capitals is left as it is. */
export function camelCase(level: string): string {
  if (level !== level.toUpperCase()) return level;
  return level.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
