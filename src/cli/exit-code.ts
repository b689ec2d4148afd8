/** What a command tells its caller by ending. */
export const exitCodes = { ok: 0, failure: 1, usage: 2 } as const;

/** Ends a command with a code and a text for people; anything else that is thrown ends it with `failure`. */
export class CommandExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, text = '') {
    super(text);
    this.name = 'CommandExit';
    this.exitCode = exitCode;
  }
}
