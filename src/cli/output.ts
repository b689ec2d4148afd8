/** Where a command writes: the streams of the process, or what a test looks at. */
export interface Output {
  /** What the command is run for. */
  out(text: string): void;
  /** Everything people read besides. */
  err(text: string): void;
}

export const processOutput: Output = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
