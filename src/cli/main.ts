import { Command, CommanderError } from 'commander';
import { failureText } from '../application/failure-text.ts';
import { levelOf } from '../application/logging.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { processOutput, type Output } from './output.ts';
import { playCommand } from './play.ts';
import { runCommand } from './run.ts';
import { packageVersion } from './version.ts';

/** Runs one command line, without the program's own name; answers with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function main(parameters: readonly string[], output: Output = processOutput): Promise<number> {
  try {
    await createProgram(output).parseAsync([...parameters], { from: 'user' });
    return exitCodes.ok;
  } catch (thrown) {
    if (thrown instanceof CommandExit) {
      if (thrown.message !== '') output.err(`${thrown.message}\n`);
      return thrown.exitCode;
    }
    // Commander has printed its text by now; help and version end with 0.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    output.err(failureText(thrown, levelOf(process.env['LOG_LEVEL']) === 'debug'));
    return exitCodes.failure;
  }
}

function createProgram(output: Output): Command {
  const program = new Command('statefun')
    .description('Runs applications of stateful functions.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showHelpAfterError('(statefun --help says what there is)');
  for (const command of [runCommand(), playCommand()]) program.addCommand(command);
  // Commands that were built elsewhere do not take over what is set on the program.
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) });
  }
  return program;
}
