import type { Egress } from '../egress/egress.ts';
import type { EngineLimits } from '../engine/partition/limits.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { Duration } from '../shared/time/duration.ts';
import { describe, StatefunError, toError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Configuration } from '../configuration/configuration.ts';
import { limitKey, limitNames, limitOptionKey } from '../configuration/engine-settings.ts';
import { loadConfiguration } from '../configuration/load-configuration.ts';
import type { ConfigurationValues } from '../configuration/object-source.ts';
import { readSection } from '../configuration/configuration-class.ts';
import type { Environment } from '../configuration/variable-source.ts';
import { isApplicationDefinition, type ApplicationDefinition, type ApplicationOptions } from './definition.ts';
import { checkpointValues, type CheckpointOptions } from './checkpoints/checkpoint-options.ts';
import { createLogger, type LoggingOptions } from './logging/logging.ts';
import { collectModules } from './components/collect-modules.ts';
import type { Provider } from '../injection/provider.ts';

/** The sources of an application's settings besides its code. */
export interface ConfigurationOverrides {
  /** Takes precedence over every other source: by key (`{ 'kinesis.stream': 'orders' }`) or nested. Or a configuration that was read before. */
  readonly configuration?: ConfigurationValues | Configuration;
  /** The folder with application.yaml, application-<profile>.yaml and .env. */
  readonly configurationFolder?: string;
  /** The profiles of this run, separated by commas. */
  readonly profile?: string;
  /** Settings as `key=value`, as after `--set`. */
  readonly settings?: readonly string[];
  /** The environment variables. */
  readonly environment?: Environment;
}

/** Options of a run that are also settings. They take precedence over every source except the overrides. */
interface RunSettings {
  readonly name?: string;
  readonly stateFolder?: string;
  readonly stopDeadline?: Duration;
  readonly checkpoints?: CheckpointOptions;
}

/**
 * Reads all settings of an application. Mistakes are in its `problems`; it rejects only with NOT_AN_APPLICATION. Sources that the overrides
 * leave out are not read: without overrides the settings come from the code alone.
 */
export async function configurationOf(
  definition: ApplicationDefinition,
  overrides: ConfigurationOverrides & RunSettings = {},
): Promise<Configuration> {
  const { configuration: given, configurationFolder: folder, profile, settings: commandLine, environment } = overrides;
  if (given instanceof Configuration) return given;
  if (!isApplicationDefinition(definition)) throw new StatefunError('NOT_AN_APPLICATION', `${describe(definition)} is not an application.`);
  const { options } = definition;
  const { modules } = collectModules({ options });
  return loadConfiguration({
    code: inCode(options),
    options: {
      profile,
      'application.name': overrides.name,
      'state.folder': overrides.stateFolder,
      'stop.deadline': overrides.stopDeadline,
      ...checkpointValues(overrides.checkpoints),
    },
    own: [options, ...modules.map((module) => module.options)].flatMap(({ configuration = [] }) => configuration),
    ...(folder === undefined ? {} : { folder }),
    ...(environment === undefined ? {} : { environment }),
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(given === undefined ? {} : { overrides: given }),
  });
}

/** Creates a logger with the configured levels. */
export function configuredLogger(configuration: Configuration, options: LoggingOptions = {}): Logger {
  return createLogger({ level: configuration.get('logging.level'), levels: configuration.get('logging.levels'), ...options });
}

/** Returns the configured limits of the engine. */
export function engineSettings(configuration: Configuration): { readonly limits: EngineLimits } {
  const limits = Object.fromEntries(limitNames.map((name) => [name, configuration.lookup(limitKey(name))] as const));
  // Every limit has a setting, which is a number and has a default.
  return { limits: limits as unknown as EngineLimits };
}

/** Returns the configured settings of the state folder. */
export function storeSettings(configuration: Configuration): {
  readonly segmentBytesMax: number;
  readonly compactionBytesPerSecondMax: number;
} {
  return {
    segmentBytesMax: configuration.get('state.segment-bytes-max'),
    compactionBytesPerSecondMax: configuration.get('state.compaction-bytes-per-second-max'),
  };
}

/** Returns providers for constructors: all settings, and each configuration of the application. */
export function configurationProviders(configuration: Configuration, { options }: ApplicationDefinition): readonly Provider[] {
  const { modules } = collectModules({ options });
  const declared = new Set([options, ...modules.map((module) => module.options)].flatMap(({ configuration: own = [] }) => own));
  const sections = [...declared]
    .filter((given) => readSection(given) !== undefined)
    // A configuration with mistakes keeps the application from starting. Without its provider, each class that injects it would be reported too.
    .map((made): Provider => ({ provide: made, useValue: configuration.section(made) ?? {} }));
  return [{ provide: Configuration, useValue: configuration }, ...sections];
}

/** Passes settings to connectors and returns an error for each connector that refuses them. */
export function configureConnectors(ports: readonly (Ingress | Egress)[], configuration: Configuration): readonly StatefunError[] {
  const settings = configuration.connectorSettings();
  return ports.flatMap((port) => {
    try {
      // Untyped code can pass anything; a value that is no port is reported elsewhere.
      if (typeof port?.configure === 'function') port.configure(settings);
      return [];
    } catch (thrown) {
      if (StatefunError.is(thrown)) return [thrown];
      const summary = `a connector refuses its settings: ${toError(thrown).message}`;
      return [new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { cause: thrown })];
    }
  });
}

function inCode({ name, unmatchedEvents, checkpoints, engine = {} }: ApplicationOptions): ConfigurationValues {
  return {
    'application.name': name,
    'unmatched-events': unmatchedEvents,
    ...checkpointValues(checkpoints),
    ...Object.fromEntries(Object.entries(engine.limits ?? {}).map(([limit, value]) => [limitOptionKey(limit), value])),
  };
}
