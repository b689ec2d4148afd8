/** The exit codes of commands. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** Ends a command with an exit code and a text. Any other error ends it with `failure`. */
export class CommandExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, text = '') {
    super(text);
    this.name = 'CommandExit';
    this.exitCode = exitCode;
  }
}
