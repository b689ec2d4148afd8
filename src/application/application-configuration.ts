import type { Egress } from '../egress/egress.ts';
import type { EngineLimits } from '../engine/partition/limits.ts';
import type { Ingress } from '../ingress/ingress.ts';
import type { Duration } from '../shared/time/duration.ts';
import { describe, StatefunError, toError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Configuration } from '../configuration/configuration.ts';
import { limitKey, limitNames } from '../configuration/engine-settings.ts';
import { loadConfiguration } from '../configuration/load-configuration.ts';
import type { ConfigurationValues } from '../configuration/object-source.ts';
import { readSection } from '../configuration/configuration-class.ts';
import type { Environment } from '../configuration/variable-source.ts';
import { isApplicationDefinition, type ApplicationDefinition, type ApplicationOptions } from './definition.ts';
import { createLogger, type LoggingOptions } from './logging/logging.ts';
import { collectModules } from './components/collect-modules.ts';
import type { Provider } from '../injection/provider.ts';

/** Where a host has the settings of an application from, besides its code. */
export interface ConfigurationOverrides {
  /** Above every other source: by key (`{ 'kinesis.stream': 'orders' }`) or nested by level. Or all settings, read before. */
  readonly configuration?: ConfigurationValues | Configuration;
  /** The folder with application.yaml, application-<profile>.yaml and .env. */
  readonly configurationFolder?: string;
  /** The profiles of this run, separated by commas. */
  readonly profile?: string;
  /** `key=value` each, as after `--set`. */
  readonly settings?: readonly string[];
  /** The environment variables. */
  readonly environment?: Environment;
}

/** Options of a run that are settings too, and go before every source but the overrides. */
interface RunSettings {
  readonly name?: string;
  readonly stateFolder?: string;
  readonly stopDeadline?: Duration;
}

/**
 * All settings of an application, with every mistake in them; it rejects for none but NOT_AN_APPLICATION. What the overrides leave out is not read: without them
 * there is only what the code says.
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
    },
    own: [options, ...modules.map((module) => module.options)].flatMap(({ configuration = [] }) => configuration),
    ...(folder === undefined ? {} : { folder }),
    ...(environment === undefined ? {} : { environment }),
    ...(commandLine === undefined ? {} : { commandLine }),
    ...(given === undefined ? {} : { overrides: given }),
  });
}

/** A logger with the configured levels. */
export function configuredLogger(configuration: Configuration, options: LoggingOptions = {}): Logger {
  return createLogger({ level: configuration.get('logging.level'), levels: configuration.get('logging.levels'), ...options });
}

/** How the engine runs, as configured. */
export function engineSettings(configuration: Configuration): { readonly limits: EngineLimits } {
  const limits = Object.fromEntries(limitNames.map((name) => [name, configuration.lookup(limitKey(name))] as const));
  // Every limit has a setting, which is a number and has a default.
  return { limits: limits as unknown as EngineLimits };
}

/** How state is kept, as configured. */
export function storeSettings(configuration: Configuration): {
  readonly segmentBytesMax: number;
  readonly compactionBytesPerSecondMax: number;
} {
  return {
    segmentBytesMax: configuration.get('state.segment-bytes-max'),
    compactionBytesPerSecondMax: configuration.get('state.compaction-bytes-per-second-max'),
  };
}

/** What constructors can ask for: all settings, and each configuration of the application. */
export function configurationProviders(configuration: Configuration, { options }: ApplicationDefinition): readonly Provider[] {
  const { modules } = collectModules({ options });
  const declared = new Set([options, ...modules.map((module) => module.options)].flatMap(({ configuration: own = [] }) => own));
  const sections = [...declared]
    .filter((given) => readSection(given) !== undefined)
    // One with mistakes keeps the application from starting; without it everyone who asks for it would be a mistake too.
    .map((made): Provider => ({ provide: made, useValue: configuration.section(made) ?? {} }));
  return [{ provide: Configuration, useValue: configuration }, ...sections];
}

/** Tells connectors their settings; what they refuse is returned. */
export function configureConnectors(ports: readonly (Ingress | Egress)[], configuration: Configuration): readonly StatefunError[] {
  const settings = configuration.connectorSettings();
  return ports.flatMap((port) => {
    try {
      // A program without types can give anything; that it is no port is reported elsewhere.
      if (typeof port?.configure === 'function') port.configure(settings);
      return [];
    } catch (thrown) {
      if (StatefunError.is(thrown)) return [thrown];
      const summary = `a connector refuses its settings: ${toError(thrown).message}`;
      return [new StatefunError('CONFIGURATION_VALUE_INVALID', summary, { cause: thrown })];
    }
  });
}

function inCode({ name, unmatchedEvents, engine = {} }: ApplicationOptions): ConfigurationValues {
  return {
    'application.name': name,
    'unmatched-events': unmatchedEvents,
    ...Object.fromEntries(Object.entries(engine.limits ?? {}).map(([limit, value]) => [limitKey(limit), value])),
  };
}
