import type { ConfigurationOverrides } from '../application/application-configuration.ts';
import type { ApplicationOverrides } from '../application/assemble.ts';
import type { Provider } from '../injection/provider.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { PointInTime } from './test-clock.ts';

/** Options that all tests of classes share. */
export interface TestSettings {
  /** Each provider replaces the one with the same token, or is added. */
  readonly providers?: readonly Provider[];
  /** Settings by key (`{ 'kinesis.stream': 'orders' }`) or nested. They take precedence over those of files. */
  readonly configuration?: NonNullable<ConfigurationOverrides['configuration']>;
  /** The folder with application.yaml and other files of settings. @defaultValue none, so that a test does not depend on files */
  readonly configurationFolder?: string;
  /** The active profiles, separated by commas. */
  readonly profile?: string;
  /** The time of the clock at the beginning. @defaultValue 2026-01-01T00:00:00Z */
  readonly now?: PointInTime;
  /** The logger. @defaultValue one that writes nothing */
  readonly logger?: Logger;
}

/** Returns the overrides for assembling the application, without other options of the test. */
export function toOverrides(settings: TestSettings): ApplicationOverrides {
  const { providers = [], configuration, configurationFolder, profile, logger = silentLogger } = settings;
  return {
    providers,
    logger,
    ...(configuration === undefined ? {} : { configuration }),
    ...(configurationFolder === undefined ? {} : { configurationFolder }),
    ...(profile === undefined ? {} : { profile }),
  };
}
