import type { Command } from 'commander';
import type { ConfigurationOverrides } from '../application/application-configuration.ts';

/** The command-line options of commands that read the settings of an application. */
export interface ConfigurationCommandOptions {
  readonly profile?: string;
  readonly set?: readonly string[];
  readonly configurationFolder?: string;
}

/** Adds `--profile`, `--set` and `--configuration-folder` to a command. */
export function withConfigurationOptions(command: Command): Command {
  return command
    .option('--profile <names>', 'read application-<name>.yaml too; several with commas, later ones win (default: $STATEFUN_PROFILE)')
    .option(
      '--set <key=value>',
      'change a setting, such as kinesis.stream=orders; repeatable',
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option('--configuration-folder <folder>', 'where application.yaml and .env are (default: beside package.json of <app>)');
}

/** Returns the sources of a command's settings: files of the application, the environment and command-line options. */
export function configurationSources(
  { profile, set = [], configurationFolder }: ConfigurationCommandOptions,
  folder: string,
): Pick<ConfigurationOverrides, 'configurationFolder' | 'profile' | 'settings' | 'environment'> {
  return {
    configurationFolder: configurationFolder ?? folder,
    environment: process.env,
    settings: set,
    ...(profile === undefined ? {} : { profile }),
  };
}
