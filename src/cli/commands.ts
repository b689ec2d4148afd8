import type { Command } from 'commander';
import type { Output } from './output.ts';
import type { TakeSignals } from './signals.ts';

/** Loads a command. Each has a module of its own, so that a command line loads only the code that it runs. */
type LoadCommand = (output: Output, takeSignals: TakeSignals) => Promise<Command>;

/** Commands that end soon and have nothing to stop, in the order of the help. */
const inspecting: Readonly<Record<string, LoadCommand>> = {
  create: async (output) => (await import('./create.ts')).createCommand(output),
  check: async (output) => (await import('./check.ts')).checkCommand(output),
  graph: async (output) => (await import('./graph.ts')).graphCommand(output),
  module: async (output) => (await import('./module.ts')).moduleCommand(output),
  state: async (output) => (await import('./state.ts')).stateCommand(output),
  checkpoint: async (output) => (await import('./checkpoint.ts')).checkpointCommand(output),
  send: async (output) => (await import('./send.ts')).sendCommand(output),
};

/** Commands that run until a signal stops them. They take the signals themselves. */
const running: Readonly<Record<string, LoadCommand>> = {
  run: async (_output, takeSignals) => (await import('./run.ts')).runCommand(takeSignals),
  play: async (_output, takeSignals) => (await import('./play.ts')).playCommand(undefined, takeSignals),
  serve: async (_output, takeSignals) => (await import('./serve.ts')).serveCommand(takeSignals),
  dev: async (output, takeSignals) => (await import('./dev.ts')).devCommand(output, takeSignals),
};

const loaders: ReadonlyMap<string, LoadCommand> = new Map([...Object.entries(inspecting), ...Object.entries(running)]);

/** Options of the program that have no value. Any word after them names the command. */
const flags: readonly string[] = ['--debug'];

/**
 * Loads the commands that a command line can reach: the one it names; none for the version; and every one for help and for a command that does
 * not exist, since both list them.
 */
export async function loadCommands(parameters: readonly string[], output: Output, takeSignals: TakeSignals): Promise<readonly Command[]> {
  const commands: Command[] = [];
  for (const load of neededLoaders(parameters)) commands.push(await load(output, takeSignals));
  return commands;
}

function neededLoaders(parameters: readonly string[]): readonly LoadCommand[] {
  const first = parameters.find((parameter) => !flags.includes(parameter));
  if (first === '-v' || first === '--version') return [];
  const named = first === undefined ? undefined : loaders.get(first);
  return named === undefined ? [...loaders.values()] : [named];
}

/** Returns whether the command of this name runs until a signal stops it. */
export function runsUntilStopped(name: string): boolean {
  return Object.hasOwn(running, name);
}
