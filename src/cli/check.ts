import { Command } from 'commander';
import { assembleApplication, type AssembledApplication } from '../application/assemble.ts';
import { toFailureJson } from '../application/failure-analysis/format-failure.ts';
import type { StatefunError } from '../shared/errors.ts';
import { cannotStart, ApplicationFailure, starting } from './application-failure.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { load } from './load.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';

interface CheckCommandOptions extends ConfigurationCommandOptions {
  readonly json?: true;
}

/** `statefun check <app>`: makes the checks of a start that need no state folder, stream or network. */
export function checkCommand(output: Output): Command {
  return withConfigurationOptions(new Command('check'))
    .description('look for every mistake of an application and its configuration, without starting it')
    .argument('<app>', 'a folder with a package.json, the built module that exports the application, or a module.yaml of StateFun')
    .option('--json', 'print the result as JSON, for programs')
    .addHelpText(
      'after',
      moreHelp({
        text: 'Nothing outside is touched: no provider is created, no state folder opened, no ingress or egress started.',
        examples: ['statefun check .', 'statefun check . --profile production --json'],
        exitCodes: { 0: 'no mistakes', 1: 'mistakes; each with what is wrong, where, and what to do' },
      }),
    )
    .action((path: string, options: CheckCommandOptions) => check(path, options, output));
}

async function check(path: string, options: CheckCommandOptions, output: Output): Promise<void> {
  const json = options.json === true;
  try {
    const summary = summarize(await assemble(path, options));
    output.out(json ? toJson({ ok: true, ...summary, mistakes: [] }) : toText(summary));
  } catch (thrown) {
    if (!json || !(thrown instanceof ApplicationFailure)) throw thrown;
    output.out(toJson({ ok: false, ...toFailureJson(thrown.report) }));
    throw new CommandExit(exitCodes.failure);
  }
}

async function assemble(path: string, options: ConfigurationCommandOptions): Promise<Checked> {
  const { application, defaultName, folder, warnings } = await starting(() => load(path), undefined, cannotStart);
  const assembled = await starting(
    () => assembleApplication(application, { ...configurationSources(options, folder), defaultName, dryRun: true }),
    application,
    cannotStart,
  );
  return { ...assembled, warnings: [...warnings, ...assembled.configuration.warnings] };
}

interface Checked extends AssembledApplication {
  readonly warnings: readonly StatefunError[];
}

/** The checked parts, by kind. */
interface CheckSummary {
  readonly application: string;
  /** The active profiles. */
  readonly profiles: readonly string[];
  readonly functions: readonly string[];
  readonly forwarders: readonly string[];
  readonly ingress: readonly string[];
  readonly egress: readonly string[];
  /** Warnings about settings or keys without effect. */
  readonly warnings: readonly string[];
}

function summarize({ name, configuration, wiring, forwarders, ingress, egress, warnings }: Checked): CheckSummary {
  return {
    application: name,
    profiles: configuration.profiles,
    // Including those that cannot be created without their dependencies.
    functions: [
      ...wiring.functions.map(({ type }) => type),
      ...wiring.remote.map(({ functions, description }) => `${functions} (${description})`),
    ],
    forwarders,
    ingress: ingress.map((port) => `${port.id} (${port.description})`),
    egress: egress.map((port) => `${port.id} (${port.description})`),
    warnings: warnings.map(({ code, summary }) => `${code}: ${summary}`),
  };
}

function toText({ application, warnings, ...lists }: CheckSummary): string {
  const lines = Object.entries(lists).map(([kind, names]) => `  ${kind.padEnd(12)}${names.join(', ') || 'none'}`);
  return [
    `Application "${application}" has no mistakes. Checked:`,
    ...lines,
    ...warnings.map((warning) => `  warning     ${warning}`),
    '',
  ].join('\n');
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
