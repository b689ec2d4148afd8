import { StatefunError } from '../shared/errors.ts';
import { isAbsent, type ConfiguredValue } from './configured-value.ts';

/** Reads the `key=value` of every `--set`. */
export function commandLineValues(parameters: readonly string[]): {
  readonly values: readonly ConfiguredValue[];
  readonly problems: readonly StatefunError[];
} {
  const values: ConfiguredValue[] = [];
  const problems: StatefunError[] = [];
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals <= 0) {
      // The text is not shown: without a key, it may be a secret.
      const summary = `the command line has a --set without key and value.`;
      problems.push(
        new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { hint: 'Write --set key=value, such as --set kinesis.stream=orders.' }),
      );
      continue;
    }
    const path = parameter.slice(0, equals).trim().split('.');
    const value = parameter.slice(equals + 1);
    if (!isAbsent(value)) values.push({ path, value, layer: 'command-line', origin: `--set ${path.join('.')}`, isText: true });
  }
  return { values, problems };
}
