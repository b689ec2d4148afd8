import { isAbsent, levelsMax, type ConfiguredValue, type Layer } from './configured-value.ts';
import { isPlainObject } from '../shared/plain-object.ts';

/** Settings as an object: keys with dots (`{ 'kinesis.stream': 'orders' }`), nested by level, or both. */
export interface ConfigurationValues {
  readonly [key: string]: unknown;
}

/** Returns the values of an object, each with its key. Lists are values. Only keys of the first level are split at dots. */
export function objectValues(values: ConfigurationValues, layer: Layer, origin: string): readonly ConfiguredValue[] {
  const found: ConfiguredValue[] = [];
  const collect = (path: readonly string[], value: unknown): void => {
    if (isPlainObject(value) && Object.keys(value).length > 0 && path.length < levelsMax) {
      for (const [level, inner] of Object.entries(value)) collect([...path, level], inner);
    } else if (!isAbsent(value)) {
      found.push({ path, value, layer, origin });
    }
  };
  for (const [key, value] of Object.entries(values)) collect(key.split('.'), value);
  return found;
}
