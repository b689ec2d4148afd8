import { printable } from '../shared/text/printable.ts';
import { standardError } from '../shared/standard-streams.ts';
import { exitCodes } from './exit-code.ts';

/** Where a command writes: the streams of the process, or what a test looks at. */
export interface Output {
  /** What the command is run for. */
  out(text: string): void;
  /** Everything people read besides. */
  err(text: string): void;
}

/** The output with everything that a terminal must not get raw written out; every command writes through it. */
export function printableOutput(output: Output): Output {
  return { out: (text) => output.out(printable(text)), err: (text) => output.err(printable(text)) };
}

/** Standard output takes no more. Its reader may have seen enough (`| head`), which is no failure; a disk that is full is one. */
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
