import { printable } from '../shared/text/printable.ts';
import { standardError } from '../shared/standard-streams.ts';
import { exitCodes } from './exit-code.ts';

/** The output of a command: the streams of the process, or a recorder in tests. */
export interface Output {
  /** Writes the result of the command to standard output. */
  out(text: string): void;
  /** Writes other texts for people to standard error. */
  err(text: string): void;
}

/** Returns an output that escapes control characters for terminals. Every command writes through it. */
export function printableOutput(output: Output): Output {
  return { out: (text) => output.out(printable(text)), err: (text) => output.err(printable(text)) };
}

/** Handles an error of standard output. A closed reader (`| head`) is no failure; a full disk is one. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || process.exitCode === exitCodes.failure) return;
  process.exitCode = exitCodes.failure;
  standardError.write(`standard output takes no more: ${error.message}\n`);
}

export const processOutput: Output = {
  out(text) {
    const { stdout } = process;
    if (!stdout.listeners('error').includes(onOutputError)) stdout.on('error', onOutputError);
    stdout.write(text);
  },
  err: (text) => standardError.write(text),
};
