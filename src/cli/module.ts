import { Command, InvalidArgumentError, Option } from 'commander';
import { assembleApplication } from '../application/assemble.ts';
import { moduleFileText } from '../application/flink/module-file-text.ts';
import { loadApplication } from '../application/running/load-application.ts';
import { cannotStart, starting } from './application-failure.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';

interface ModuleCommandOptions extends ConfigurationCommandOptions {
  readonly url: string;
  readonly batchMessagesMax: number;
  readonly playground?: true;
}

/** `statefun module <app>`: prints the module file with which Flink StateFun runs an application. */
export function moduleCommand(output: Output): Command {
  return withConfigurationOptions(new Command('module'))
    .description('print the module.yaml with which Flink StateFun runs an application; starts nothing')
    .argument('<app>', 'a folder with a package.json, or the built module that exports the application')
    .addOption(new Option('--format <format>', 'the version of the format').choices(['3.1']).default('3.1'))
    .option('--url <url>', 'where the cluster reaches what statefun serve serves', 'http://localhost:8000/statefun')
    .addOption(
      new Option('--batch-messages-max <count>', 'most messages of one call (maxNumBatchRequests)')
        .argParser(toCount)
        .default(1000, '1000, as in Flink'),
    )
    .option('--playground', "use the ingress and egress of StateFun's playground in place of the streams")
    .addHelpText(
      'after',
      moreHelp({
        text: 'What cannot run on Flink is listed, and nothing is printed then. Credentials are never printed: they belong to the cluster.',
        examples: ['statefun module . > module.yaml', 'statefun module . --url https://functions.example.com/statefun'],
        exitCodes: { 0: 'printed', 1: 'the application could not be loaded, has mistakes, or cannot run on Flink' },
      }),
    )
    .action((path: string, options: ModuleCommandOptions) => print(path, options, output));
}

async function print(path: string, { url, batchMessagesMax, playground, ...given }: ModuleCommandOptions, output: Output): Promise<void> {
  const { application, defaultName, folder } = await starting(() => loadApplication(path), undefined, cannotStart);
  const yaml = await starting(
    async () => {
      const assembled = await assembleApplication(application, { ...configurationSources(given, folder), defaultName, dryRun: true });
      return moduleFileText(assembled, { url, batchMessagesMax, playground: playground === true });
    },
    application,
    cannotStart,
  );
  output.out(yaml);
}

function toCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}
