import { appendAll } from '../shared/append-all.ts';
import { StatefunError } from '../shared/errors.ts';
import type { EffectiveValue } from './configuration.ts';
import type { ConfiguredValue } from './configured-value.ts';
import { convertSetting, toWord } from './convert-setting.ts';
import { resolveReferences, type ReferenceSources, type ResolvedValue } from './resolve-references.ts';
import { expectationOf, type PlainValue, type SettingDefinition } from './setting-definition.ts';
import { settings } from './settings.ts';
import { shownText, shownValue } from './shown-value.ts';

export interface BoundSettings {
  readonly values: readonly EffectiveValue[];
  readonly problems: readonly StatefunError[];
  readonly warnings: readonly StatefunError[];
}

/** Returns the values of all settings of the framework: the highest value if it is valid, otherwise the default. */
export async function bindSettings(
  assigned: ReadonlyMap<string, ConfiguredValue>,
  profiles: readonly string[],
  references: ReferenceSources,
): Promise<BoundSettings> {
  const values: EffectiveValue[] = [];
  const problems: StatefunError[] = [];
  const warnings: StatefunError[] = [];
  for (const [key, setting] of settings) {
    if (setting.type === 'map') {
      const map = await bindMap(key, setting, assigned, references);
      appendAll(values, map.values);
      appendAll(problems, map.problems);
      continue;
    }
    const given = assigned.get(key);
    const bound = given === undefined ? undefined : await bindValue(key, setting, given, references);
    if (StatefunError.is(bound)) (given?.lenient === true ? warnings : problems).push(bound);
    else if (bound !== undefined) values.push(bound);
    if (bound === undefined || StatefunError.is(bound)) appendAll(values, defaultOf(key, setting, profiles));
  }
  return { values, problems, warnings: [...warnings, ...unsupported(values)] };
}

async function bindValue(
  key: string,
  setting: SettingDefinition,
  given: ConfiguredValue,
  references: ReferenceSources,
): Promise<EffectiveValue | StatefunError> {
  const resolved = await resolveReferences(given, setting.place === true ? { ...references, files: false } : references);
  if (StatefunError.is(resolved)) return resolved;
  const value = convertSetting(setting, resolved.value);
  if (value === undefined) return unusable(key, setting, resolved);
  return effective(key, setting, value, resolved);
}

async function bindMap(
  key: string,
  setting: SettingDefinition,
  assigned: ReadonlyMap<string, ConfiguredValue>,
  references: ReferenceSources,
): Promise<{ readonly values: readonly EffectiveValue[]; readonly problems: readonly StatefunError[] }> {
  const values: EffectiveValue[] = [];
  const problems: StatefunError[] = [];
  for (const [name, given] of assigned) {
    if (!name.startsWith(`${key}.`)) continue;
    const resolved = await resolveReferences(given, references);
    if (StatefunError.is(resolved)) {
      problems.push(resolved);
      continue;
    }
    const word = toWord(setting, resolved.value);
    if (word === undefined) problems.push(unusable(name, { ...setting, type: 'enum' }, resolved));
    else values.push(effective(name, setting, word, resolved));
  }
  const map = Object.fromEntries(values.map(({ key: name, value }) => [name.slice(key.length + 1), value]));
  const whole: EffectiveValue = {
    key,
    value: Object.freeze(map),
    shown: map,
    layer: 'default',
    origin: values.length === 0 ? 'default' : 'its names',
  };
  return { values: [whole, ...values], problems };
}

function effective(key: string, setting: SettingDefinition, value: PlainValue, resolved: ResolvedValue): EffectiveValue {
  const shown = shownValue({ value, ...(resolved.shown === undefined ? {} : { shown: resolved.shown }) }, setting.secret === true);
  return { key, value, shown, layer: resolved.layer, origin: resolved.origin };
}

function defaultOf(key: string, setting: SettingDefinition, profiles: readonly string[]): readonly EffectiveValue[] {
  const profile = [...profiles].reverse().find((name) => setting.profileDefaults?.[name] !== undefined);
  const value = profile === undefined ? setting.default : setting.profileDefaults?.[profile];
  if (value === undefined) return [];
  return [{ key, value, shown: value, layer: 'default', origin: profile === undefined ? 'default' : `default of profile ${profile}` }];
}

function unusable(key: string, setting: SettingDefinition, resolved: ResolvedValue): StatefunError {
  const expected = expectationOf(setting);
  const summary = `${key} is ${shownText(resolved, setting.secret === true)} (${resolved.origin}), but must be ${expected}.`;
  return new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { facts: { key, origin: resolved.origin, expected } });
}

/** Reports settings that are not supported yet. */
function unsupported(values: readonly EffectiveValue[]): readonly StatefunError[] {
  const set = new Map(values.filter(({ layer }) => layer !== 'default').map((value) => [value.key, value]));
  return [...set].flatMap(([key, { value, origin }]) => {
    const notThere = settings.get(key)?.unsupported;
    if (notThere === undefined || value === false) return [];
    if (notThere.unlessFalse !== undefined && set.get(notThere.unlessFalse)?.value === false) return [];
    const summary = `${key} is ${JSON.stringify(value)} (${origin}), but ${notThere.text}.`;
    return [new StatefunError('CONFIGURATION_NOT_SUPPORTED', summary, { facts: { key, origin } })];
  });
}
