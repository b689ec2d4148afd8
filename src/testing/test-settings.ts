import type { ConfigurationOverrides } from '../application/application-configuration.ts';
import type { ApplicationOverrides } from '../application/assemble.ts';
import type { Provider } from '../injection/provider.ts';
import { silentLogger, type Logger } from '../shared/logger.ts';
import type { PointInTime } from './test-clock.ts';

/** What every test of classes can replace around them. */
export interface TestSettings {
  /** Each replaces the provider of its token, or is added. */
  readonly providers?: readonly Provider[];
  /** Settings, by key (`{ 'kinesis.stream': 'orders' }`) or nested by level; they go before those of files. */
  readonly configuration?: NonNullable<ConfigurationOverrides['configuration']>;
  /** A folder with application.yaml and others. @defaultValue no file is read, so that a test depends on nothing around it */
  readonly configurationFolder?: string;
  /** The profiles, separated by commas. */
  readonly profile?: string;
  /** Where the clock stands at first. @defaultValue 2026-01-01T00:00:00Z */
  readonly now?: PointInTime;
  /** What the test logs to. @defaultValue none */
  readonly logger?: Logger;
}

/** What assembling is told; other options of a test are left out. */
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
