import { isAbsent, type ConfiguredValue, type Layer } from './configured-value.ts';
import { variablePrefix } from './key-path.ts';
import { settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the environment or of .env. `originOf` returns the place of one for messages. */
interface VariableSource {
  readonly variables: Environment;
  readonly layer: Layer;
  readonly originOf: (name: string) => string;
}

/**
 * Returns the values that variables set. `STATEFUN_KINESIS__INGRESS_STREAM` sets the key of its name; the registry of settings names others. The
 * variable named after the key wins over the others of the same setting, and of these the first in the registry wins.
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
