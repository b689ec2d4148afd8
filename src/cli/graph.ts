import { Command, Option } from 'commander';
import { assembleApplication, type AssembledApplication } from '../application/assemble.ts';
import { wiringMermaid } from '../application/wiring/wiring-mermaid.ts';
import { wiringLines } from '../application/wiring/wiring-text.ts';
import { cannotStart, starting } from './application-failure.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { load } from './load.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';

const formats = ['text', 'mermaid', 'json'] as const;

interface GraphCommandOptions extends ConfigurationCommandOptions {
  readonly format: (typeof formats)[number];
}

/** `statefun graph <app>`: prints how events flow through an application. Starts nothing and creates no provider. */
export function graphCommand(output: Output): Command {
  return withConfigurationOptions(new Command('graph'))
    .description('print how events flow: ingress, forwarders, functions, egress; starts nothing')
    .argument('<app>', 'a folder with a package.json, the built module that exports the application, or a module.yaml of StateFun')
    .addOption(new Option('--format <format>', 'what to print').choices([...formats]).default('text'))
    .addHelpText(
      'after',
      moreHelp({
        text: 'Forwarders and functions decide where they send while they handle an event. The graph shows what the event types suggest.',
        examples: ['statefun graph .', 'statefun graph . --format mermaid > wiring.mmd', 'statefun graph . --format json'],
        exitCodes: { 0: 'printed', 1: 'the application could not be loaded, or has mistakes' },
      }),
    )
    .action((path: string, options: GraphCommandOptions) => graph(path, options, output));
}

async function graph(path: string, { format, ...given }: GraphCommandOptions, output: Output): Promise<void> {
  const { application, defaultName, folder } = await starting(() => load(path), undefined, cannotStart);
  const assembled = await starting(
    () => assembleApplication(application, { ...configurationSources(given, folder), defaultName, dryRun: true }),
    application,
    cannotStart,
  );
  output.out(print(assembled, format));
}

function print({ wiring, conditions }: AssembledApplication, format: GraphCommandOptions['format']): string {
  switch (format) {
    case 'mermaid':
      return wiringMermaid(wiring);
    case 'json':
      return `${JSON.stringify({ ...wiring, conditions }, undefined, 2)}\n`;
    case 'text': {
      const leftOut = conditions.filter(({ matched }) => !matched).map(({ what, reasons }) => `left out: ${what}: ${reasons.join('; ')}`);
      return [wiring.application, ...wiringLines(wiring), ...leftOut].map((line) => `${line}\n`).join('');
    }
  }
}
