import { Command } from 'commander';
import { loadApplication } from '../application/load-application.ts';
import { createLogger } from '../application/logging.ts';
import { runApplication, type RunningApplication } from '../application/run-application.ts';
import type { Logger } from '../shared/logger.ts';

interface RunCommandOptions {
  readonly stateFolder?: string;
  readonly untilFinished?: true;
}

/** Long enough to cost nothing. */
const aliveIntervalMs = 3_600_000;

/** `statefun run <app>`: the application on the embedded engine, until a signal stops it. */
export function runCommand(): Command {
  return new Command('run')
    .description('run an application on the embedded engine, until SIGTERM or SIGINT')
    .argument('<app>', 'a folder with a package.json, or the built module that exports the application')
    .option('--state-folder <folder>', 'where state is kept (default: $STATEFUN_STATE_FOLDER, else .statefun/<name>)')
    .option('--until-finished', 'exit once every ingress has come to its end and everything is done')
    .action(run);
}

async function run(path: string, { stateFolder, untilFinished }: RunCommandOptions): Promise<void> {
  const { application, defaultName } = await loadApplication(path);
  const logger = createLogger();
  const running = await runApplication(application, {
    defaultName,
    logger,
    signals: true,
    ...(stateFolder === undefined ? {} : { stateFolder }),
  });
  // An ingress that waits for others, such as one in memory, does not keep a process alive by itself.
  const alive = setInterval(() => undefined, aliveIntervalMs);
  try {
    if (untilFinished === true) await finish(running, logger);
    const failure = await running.stopped;
    if (failure !== undefined) throw failure;
  } finally {
    clearInterval(alive);
  }
}

async function finish(running: RunningApplication, logger: Logger): Promise<void> {
  await running.whenFinished();
  const { messagesDelayed } = running.statistics();
  await running.stop();
  if (messagesDelayed > 0) logger.info(`${messagesDelayed} delayed messages are kept for the next start`);
}
