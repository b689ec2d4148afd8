/** Returns a level of a key in relaxed form: `ingressStream`, `ingress-stream` and `INGRESS_STREAM` are one. */
export function relaxed(level: string): string {
  return level.toLowerCase().replace(/[-_]/g, '');
}

/** Returns a whole key in relaxed form, by which settings are found. */
export function relaxedKey(path: readonly string[]): string {
  return path.map(relaxed).join('.');
}

/** Returns the environment variable of a key: `STATEFUN_KINESIS__INGRESS_STREAM`. */
export function variableOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/-/g, '_');
  return `${variablePrefix}${words.replaceAll('.', '__').toUpperCase()}`;
}

export const variablePrefix = 'STATEFUN_';

/** Returns `MAX_DISCOUNT` as `maxDiscount`. A level with lower-case letters stays as it is. */
export function camelCase(level: string): string {
  if (level !== level.toUpperCase()) return level;
  return level.toLowerCase().replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
