import { printable } from '../shared/printable.ts';

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

/** Whoever reads it may have seen enough (`| head`): what is still written then is nobody's loss, and no failure. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

export const processOutput: Output = {
  out(text) {
    const { stdout } = process;
    if (!stdout.listeners('error').includes(ignoreClosedPipe)) stdout.on('error', ignoreClosedPipe);
    stdout.write(text);
  },
  err: (text) => void process.stderr.write(text),
};
