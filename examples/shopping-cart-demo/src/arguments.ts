import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly help: boolean;
  /** Keeps running after the events of the demo, until Ctrl-C. */
  readonly keep: boolean;
}

export const demoHelp = `Runs the shopping cart on a Kinesis of its own, on this machine, with nothing installed or configured.

  npm start                 play five lines of events, show what comes out, stop
  npm start -- --keep       the same, then keep running until Ctrl-C and take more events
  npm start -- --help       this text
`;

/** Throws a TypeError for arguments the demo does not know. */
export function parseDemoArguments(parameters: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...parameters],
    options: { help: { type: 'boolean', short: 'h', default: false }, keep: { type: 'boolean', default: false } },
  });
  return values;
}
