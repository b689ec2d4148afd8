import type { Command } from 'commander';
import { findStateFolder } from '../../state-tools/find-state-folder.ts';
import { openSnapshot, type StoreSnapshot } from '../../state-tools/open-snapshot.ts';
import type { Output } from '../output.ts';

/** What every command on a state folder is given. */
export interface StateCommandOptions {
  readonly stateFolder?: string;
  readonly json?: true;
}

/** Reading that takes longer is told, and then told how far it is, in milliseconds. */
const toldAfterMs = 1_000;

/** Adds `--state-folder` and `--json` to a command. */
export function withStateOptions(command: Command): Command {
  return command
    .option('--state-folder <folder>', 'the folder to look at (default: $STATEFUN_STATE_FOLDER, else the only one in .statefun)')
    .option('--json', 'print the result as JSON, for programs');
}

export function stateFolderOf({ stateFolder }: StateCommandOptions): string {
  return findStateFolder({ given: stateFolder, environment: process.env, workingFolder: process.cwd() });
}

/** Reads a snapshot of the folder that is meant; the application may run meanwhile. */
export async function readSnapshot<T>(
  options: StateCommandOptions,
  output: Output,
  read: (snapshot: StoreSnapshot, folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = stateFolderOf(options);
  const snapshot = await openSnapshot({ folder, progress: toldProgress(folder, output) });
  try {
    return await read(snapshot, folder);
  } finally {
    snapshot.close();
  }
}

/** Tells on standard error how far a long reading is. */
export function toldProgress(folder: string, output: Output): (bytesRead: number, bytesTotal: number) => void {
  let tellAtMs = performance.now() + toldAfterMs;
  return (bytesRead, bytesTotal) => {
    if (performance.now() < tellAtMs) return;
    tellAtMs = performance.now() + toldAfterMs;
    output.err(`reading ${folder}: ${Math.floor((100 * bytesRead) / bytesTotal)} %\n`);
  };
}
