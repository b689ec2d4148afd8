import { isAbsent, type ConfiguredValue, type Layer } from './configured-value.ts';
import { variablePrefix } from './key-path.ts';
import { settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables, and how to say where one stands. */
interface VariableSource {
  readonly variables: Environment;
  readonly layer: Layer;
  readonly originOf: (name: string) => string;
}

/**
 * What environment variables set: `STATEFUN_KINESIS__INGRESS_STREAM` by its name, others by the registry. The variable named after the
 * key goes before the others of the same setting; of these the first in the registry goes first.
 */
export function variableValues({ variables, layer, originOf }: VariableSource): readonly ConfiguredValue[] {
  const others: ConfiguredValue[] = [];
  const aliases = new Set<string>();
  for (const [key, setting] of settings) {
    for (const { name, shared, lenient } of [...(setting.variables ?? [])].reverse()) {
      aliases.add(name);
      const value = variables[name];
      if (isAbsent(value)) continue;
      const own = { path: key.split('.'), value, origin: originOf(name), isText: true as const };
      others.push({ ...own, layer: shared === true ? 'machine' : layer, ...(lenient === true ? { lenient } : {}) });
    }
  }
  const named = Object.entries(variables)
    .filter(([name, value]) => name.toUpperCase().startsWith(variablePrefix) && !aliases.has(name) && !isAbsent(value))
    .map(([name, value]): ConfiguredValue => {
      const path = name.slice(variablePrefix.length).split('__');
      return { path, value, layer, origin: originOf(name), isText: true };
    });
  return [...others, ...named];
}
