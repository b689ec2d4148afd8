import { Command } from 'commander';
import { configurationOf, configuredLogger } from '../application/application-configuration.ts';
import { runApplication, stopAtSignals, type RunningApplication } from '../application/running/run-application.ts';
import { StopSignals } from '../application/running/stop-signals.ts';
import type { Logger } from '../shared/logger.ts';
import { holdProcess } from '../shared/time/timers.ts';
import { ApplicationFailure, starting, stoppedByFailure } from './application-failure.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { load } from './load.ts';
import { moreHelp } from './more-help.ts';
import type { TakeSignals } from './signals.ts';

interface RunCommandOptions extends ConfigurationCommandOptions {
  readonly stateFolder?: string;
  readonly untilFinished?: true;
  readonly checkpointsTo?: string;
  readonly fresh?: true;
}

/** `statefun run <app>`: runs an application on the embedded engine until a signal stops it. */
export function runCommand(takeSignals: TakeSignals): Command {
  return withConfigurationOptions(new Command('run'))
    .description('run an application on the embedded engine, until SIGTERM or SIGINT')
    .argument('<app>', 'a folder with a package.json, the built module that exports the application, or a module.yaml of StateFun')
    .option('--state-folder <folder>', 'where state is kept (default: $STATEFUN_STATE_FOLDER, else .statefun/<name>)')
    .option('--checkpoints-to <place>', 'where copies of the state go: file:<folder> or s3://<bucket>/<prefix>')
    .option('--fresh', 'begin anew in an empty state folder, although there are checkpoints')
    .option('--until-finished', 'exit when every ingress has ended and everything is handled')
    .addHelpText(
      'after',
      moreHelp({
        text: 'The first signal stops it gracefully, after the start if it is still starting; a second one ends it at once. The next start continues unfinished work.',
        examples: [
          'statefun run .',
          'statefun run . --until-finished',
          'LOG_LEVEL=debug statefun run dist/application.js',
          'statefun run module.yaml',
        ],
        exitCodes: {
          0: 'stopped by a signal, or finished',
          1: 'it could not start, or the engine failed',
          130: 'a second SIGINT (143: SIGTERM)',
        },
      }),
    )
    .action(async (path: string, options: RunCommandOptions) => {
      const signals = new StopSignals(process, takeSignals());
      try {
        await run(path, options, signals);
      } finally {
        signals.over();
      }
    });
}

/** The AWS SDK would print eight lines about its releases of 2027 on Node 20, before anything of ours; the README says what will be required. */
function silenceSdkVersionWarning(): void {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

async function run(
  path: string,
  { stateFolder, untilFinished, checkpointsTo, fresh, ...given }: RunCommandOptions,
  signals: StopSignals,
): Promise<void> {
  silenceSdkVersionWarning();
  const { application, defaultName, folder, warnings } = await starting(() => load(path));
  const checkpoints = checkpointsTo === undefined ? {} : { checkpoints: { to: checkpointsTo } };
  const settings = { ...configurationSources(given, folder), ...(stateFolder === undefined ? {} : { stateFolder }), ...checkpoints };
  const configuration = await configurationOf(application, settings);
  const logger = configuredLogger(configuration);
  signals.logTo(logger);
  for (const { code, summary, hint } of warnings) logger.warn(`${code}: ${summary}`, { hint });
  const options = { defaultName, logger, configuration, strayFailures: true, fresh: fresh === true };
  const running = await starting(() => runApplication(application, options), application);
  stopAtSignals(running, signals, logger);
  // A waiting ingress, such as one in memory, does not keep the process alive.
  const release = holdProcess();
  try {
    if (untilFinished === true) await finish(running, logger);
    const failure = await running.stopped;
    if (failure !== undefined) throw new ApplicationFailure(stoppedByFailure, failure, application);
  } finally {
    release();
  }
}

async function finish(running: RunningApplication, logger: Logger): Promise<void> {
  await running.whenFinished();
  const { messagesDelayed } = running.statistics();
  await running.stop();
  if (messagesDelayed > 0) logger.info(`${messagesDelayed} delayed messages are kept for the next start`);
}
