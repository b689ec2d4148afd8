import { Command, CommanderError } from 'commander';
import { failureText } from '../application/failure-analysis/failure-text.ts';
import { levelOf } from '../application/logging/logging-levels.ts';
import { ApplicationFailure } from './application-failure.ts';
import { loadCommands, runsUntilStopped } from './commands.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { moreHelp } from './more-help.ts';
import { printableOutput, processOutput, type Output } from './output.ts';
import { endIfAsked, type TakeSignals } from './signals.ts';
import { packageVersion } from './version.ts';

/** Runs a command line without the program's name. Returns the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(
  parameters: readonly string[],
  given: Output = processOutput,
  takeSignals: TakeSignals = () => [],
): Promise<number> {
  const output = printableOutput(given);
  const program = createProgram(await loadCommands(parameters, output, takeSignals), output, takeSignals);
  try {
    await program.parseAsync([...parameters], { from: 'user' });
    return exitCodes.ok;
  } catch (thrown) {
    if (thrown instanceof CommandExit) {
      if (thrown.message !== '') output.err(`${thrown.message}\n`);
      return thrown.exitCode;
    }
    // Commander has printed its text; help and version have exit code 0.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    const stacks = program.opts<{ debug?: true }>().debug === true || levelOf(process.env['LOG_LEVEL']) === 'debug';
    output.err(thrown instanceof ApplicationFailure ? thrown.toText(stacks) : failureText(thrown, stacks));
    return exitCodes.failure;
  }
}

const programHelp = moreHelp({
  text: 'statefun help <command> says more about one. An <app> is built: run npm run build first.',
  examples: ['statefun create carts', 'statefun check .', 'statefun run .', 'statefun play . --events test/fixtures/visits.jsonl'],
  exitCodes: { 0: 'done', 1: 'failed; the reason is on standard error' },
});

function createProgram(commands: readonly Command[], output: Output, takeSignals: TakeSignals): Command {
  const program = new Command('statefun')
    .description('Runs applications of stateful functions.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--debug', 'print the stacks of failures too, like LOG_LEVEL=debug')
    .showHelpAfterError('(statefun --help lists the commands)')
    .addHelpText('after', programHelp);
  for (const command of commands) program.addCommand(command);
  program.hook('preSubcommand', (_program, command) => {
    if (!runsUntilStopped(command.name())) endIfAsked(takeSignals);
  });
  // Commands built elsewhere do not inherit the settings of the program.
  for (const command of withSubcommands(program)) {
    command.exitOverride().configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) });
  }
  return program;
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}
