import { appendAll } from '../shared/append-all.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { nearestName } from '../shared/text/nearest-name.ts';
import { assignValues } from './assign-values.ts';
import { bindSettings } from './bind-settings.ts';
import { readOwnSections } from './own-sections.ts';
import { commandLineValues } from './command-line-source.ts';
import { Configuration } from './configuration.ts';
import { layers, type ConfiguredValue } from './configured-value.ts';
import { convertSetting } from './convert-setting.ts';
import { relaxedKey } from './key-path.ts';
import { objectValues, type ConfigurationValues } from './object-source.ts';
import { ConfigurationFolder } from './configuration-folder.ts';
import { settings } from './settings.ts';
import { variableValues, type Environment } from './variable-source.ts';

/** Sources of settings. All are optional; without any, there are only defaults. */
export interface ConfigurationSources {
  /** Folder of application.yaml, application-<profile>.yaml and .env, all of which are optional. */
  readonly folder?: string;
  readonly environment?: Environment;
  /** Arguments of `--set`, each `key=value`. */
  readonly commandLine?: readonly string[];
  /** Values from the code of the application, by key. */
  readonly code?: ConfigurationValues;
  /** Values from the options of a run, by key. */
  readonly options?: ConfigurationValues;
  /** Values of a test, which take precedence over all others. */
  readonly overrides?: ConfigurationValues;
  /** Configuration classes. Any other value is a problem. */
  readonly own?: readonly unknown[];
}

/** Profiles that are valid without a file. */
const knownProfiles: readonly string[] = ['development', 'production', 'test'];

/**
 * Reads and checks all settings. It never rejects for invalid settings: `problems` has every mistake of all sources.
 *
 * CONFIGURATION-K1. Lowest to highest: defaults, variables that programs share, code, application.yaml, the files of profiles, .env,
 *     environment, command line, options, overrides. The highest that says something wins, whole: lists are not put together.
 * CONFIGURATION-K2. Only the value that wins is checked and only its references are followed.
 * CONFIGURATION-K3. No secret leaves but by the value itself.
 */
export async function loadConfiguration(sources: ConfigurationSources): Promise<Configuration> {
  const folder = new ConfigurationFolder(sources.folder);
  const problems: StatefunError[] = [...(await folder.open())];
  const base = await folder.values();
  const dotEnv = await folder.variables();
  const commandLine = commandLineValues(sources.commandLine ?? []);
  appendAll(problems, [...base.problems, ...dotEnv.problems, ...commandLine.problems]);

  const environment = sources.environment ?? {};
  const { variables, lineOf } = dotEnv.found;
  const values: ConfiguredValue[] = [
    ...objectValues(sources.code ?? {}, 'code', 'code'),
    ...base.found,
    ...variableValues({ variables, layer: 'env-file', originOf: (name) => `.env:${lineOf(name)}` }),
    ...variableValues({ variables: environment, layer: 'environment', originOf: (name) => `environment variable ${name}` }),
    ...commandLine.values,
    ...objectValues(sources.options ?? {}, 'options', 'options of the run'),
    ...objectValues(sources.overrides ?? {}, 'overrides', 'overrides'),
  ];
  const profiles = readProfiles(values);
  appendAll(problems, checkProfiles(profiles, folder.profiles));
  for (const profile of profiles) {
    const file = await folder.values(profile);
    appendAll(problems, [...file.problems, ...file.found.filter(isProfile).map(profileInProfile)]);
    appendAll(
      values,
      file.found.filter((value) => !isProfile(value)),
    );
  }

  const own = readOwnSections(sources.own ?? []);
  const assigned = assignValues(
    values.sort((left, right) => layers.indexOf(left.layer) - layers.indexOf(right.layer)),
    own.sections,
  );
  const references = { environment: { ...variables, ...environment }, folder: sources.folder };
  const framework = await bindSettings(assigned.settings, profiles, references);
  const sections = await own.bind(assigned.sections, references);
  return new Configuration({
    profiles,
    values: [...framework.values, ...sections.values],
    sections: sections.instances,
    sectionNames: own.names,
    problems: [...problems, ...assigned.problems, ...own.problems, ...framework.problems, ...sections.problems],
    warnings: [...assigned.warnings, ...framework.warnings],
  });
}

function isProfile({ path }: ConfiguredValue): boolean {
  return relaxedKey(path) === 'profile';
}

/** Returns the active profiles, from the highest source that sets them. */
function readProfiles(values: readonly ConfiguredValue[]): readonly string[] {
  const value = [...values].sort((left, right) => layers.indexOf(right.layer) - layers.indexOf(left.layer)).find(isProfile);
  const setting = settings.get('profile');
  const list = value === undefined || setting === undefined ? [] : convertSetting(setting, value.value);
  return Array.isArray(list) ? [...new Set(list as readonly string[])] : [];
}

function checkProfiles(profiles: readonly string[], withFile: readonly string[]): readonly StatefunError[] {
  const known = [...new Set([...withFile, ...knownProfiles])];
  return profiles
    .filter((profile) => !known.includes(profile))
    .map((profile) => {
      const files = withFile.length === 0 ? 'no profile has a file' : `there are files for ${withFile.join(', ')}`;
      const nearest = nearestName(profile, known);
      const hint = nearest === undefined ? undefined : `Did you mean ${nearest}? Else add application-${profile}.yaml.`;
      return new StatefunError('CONFIGURATION_PROFILE_UNKNOWN', `there is no profile ${describe(profile)}: ${files}.`, {
        facts: { profile, withFile },
        ...(hint === undefined ? {} : { hint }),
      });
    });
}

function profileInProfile({ origin }: ConfiguredValue): StatefunError {
  return new StatefunError('CONFIGURATION_VALUE_INVALID', `profile is set in the file of a profile (${origin}).`, {
    facts: { key: 'profile', origin },
    hint: 'Profiles are chosen before their files are read: set it in application.yaml, by STATEFUN_PROFILE or by --profile.',
  });
}
