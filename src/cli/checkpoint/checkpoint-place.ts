import type { Command } from 'commander';
import { configuredCheckpoints } from '../../application/checkpoints/checkpoint-options.ts';
import type { ObjectStorage } from '../../checkpoints/object-storage.ts';
import { openObjectStorage } from '../../checkpoints/open-object-storage.ts';
import { loadConfiguration } from '../../configuration/load-configuration.ts';
import { StatefunError } from '../../shared/errors.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from '../configuration-options.ts';

/** Options of every command on checkpoints. */
export interface CheckpointCommandOptions extends ConfigurationCommandOptions {
  readonly from?: string;
  readonly json?: true;
}

/** Adds `--from`, `--json` and the options of settings to a command. */
export function withCheckpointOptions(command: Command): Command {
  return withConfigurationOptions(command)
    .option('--from <place>', 'where the checkpoints are: file:<folder> or s3://<bucket>/<prefix> (default: the setting checkpoints.to)')
    .option('--json', 'print the result as JSON, for programs');
}

/** Opens the place of the checkpoints for the work, and closes it. */
export async function withPlace<T>(options: CheckpointCommandOptions, work: (storage: ObjectStorage) => Promise<T>): Promise<T> {
  const storage = await openPlace(options);
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

async function openPlace({ from, ...given }: CheckpointCommandOptions): Promise<ObjectStorage> {
  const { configurationFolder, settings = [], ...sources } = configurationSources(given, process.cwd());
  const configuration = await loadConfiguration({
    ...(configurationFolder === undefined ? {} : { folder: configurationFolder }),
    ...(sources.environment === undefined ? {} : { environment: sources.environment }),
    commandLine: settings,
    options: { profile: sources.profile, 'checkpoints.to': from },
  });
  // Other settings belong to the application, which is not loaded.
  const problem = configuration.problems.find(({ facts }) => String(facts['key']).startsWith('checkpoints.'));
  if (problem !== undefined) throw problem;
  const configured = configuredCheckpoints(configuration);
  if (configured !== undefined) return openObjectStorage({ to: configured.to, s3: configured.s3 });
  throw new StatefunError('CHECKPOINT_TARGET_INVALID', 'no place of checkpoints was named.', {
    hint: 'Name it with --from, or run the command where the application.yaml with checkpoints.to is.',
  });
}
