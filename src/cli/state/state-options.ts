import type { Command } from 'commander';
import { findStateFolder } from '../../state-tools/find-state-folder.ts';
import { openSnapshot, type StoreSnapshot } from '../../state-tools/open-snapshot.ts';
import type { Output } from '../output.ts';

/** Options of every command on a state folder. */
export interface StateCommandOptions {
  readonly stateFolder?: string;
  readonly json?: true;
}

/** Interval between two reports of progress, in milliseconds. */
const reportIntervalMs = 1_000;

/** Adds `--state-folder` and `--json` to a command. */
export function withStateOptions(command: Command): Command {
  return command
    .option('--state-folder <folder>', 'the folder to look at (default: $STATEFUN_STATE_FOLDER, else the only one in .statefun)')
    .option('--json', 'print the result as JSON, for programs');
}

export function stateFolderOf({ stateFolder }: StateCommandOptions): string {
  return findStateFolder({ given: stateFolder, environment: process.env, workingFolder: process.cwd() });
}

/** Reads a snapshot of the state folder. The application may run meanwhile. */
export async function readSnapshot<T>(
  options: StateCommandOptions,
  output: Output,
  read: (snapshot: StoreSnapshot, folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = stateFolderOf(options);
  const snapshot = await openSnapshot({ folder, progress: reportedProgress(folder, output) });
  try {
    return await read(snapshot, folder);
  } finally {
    snapshot.close();
  }
}

/** Reports the progress of a long read on standard error. */
export function reportedProgress(folder: string, output: Output): (bytesRead: number, bytesTotal: number) => void {
  let reportAtMs = performance.now() + reportIntervalMs;
  return (bytesRead, bytesTotal) => {
    if (performance.now() < reportAtMs) return;
    reportAtMs = performance.now() + reportIntervalMs;
    output.err(`reading ${folder}: ${Math.floor((100 * bytesRead) / bytesTotal)} %\n`);
  };
}
