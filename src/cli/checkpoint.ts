import { Command } from 'commander';
import { restoreInto } from '../application/checkpoints/restore-into.ts';
import { CheckpointCatalog } from '../checkpoints/checkpoint-catalog.ts';
import {
  findCheckpoint,
  listCheckpoints,
  verifyCheckpoint,
  type CheckpointVerification,
  type ListedCheckpoint,
} from '../checkpoints/inspect-checkpoints.ts';
import { resolve } from 'node:path';
import { withCheckpointOptions, withPlace, type CheckpointCommandOptions } from './checkpoint/checkpoint-place.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';
import { alignRows, countOf, formatBytes, formatCount, toJson, toText } from './state/format.ts';
import { reportedProgress } from './state/state-options.ts';

interface OneCheckpoint extends CheckpointCommandOptions {
  readonly checkpoint?: string;
}

interface RestoreOptions extends OneCheckpoint {
  readonly stateFolder: string;
}

/** `statefun checkpoint …`: the copies of the state that an application with `checkpoints.to` makes. */
export function checkpointCommand(output: Output): Command {
  return new Command('checkpoint')
    .description('look at the checkpoints of an application, and restore one: list, verify, restore')
    .addCommand(listCommand(output))
    .addCommand(verifyCommand(output))
    .addCommand(restoreCommand(output))
    .addHelpText(
      'after',
      moreHelp({
        text: 'An application restores the newest checkpoint by itself when its state folder is empty. These commands change no checkpoint.',
        examples: [
          'statefun checkpoint list --from s3://backups/carts',
          'statefun checkpoint verify --from file:/mnt/backup/carts',
          'statefun checkpoint restore --from s3://backups/carts --state-folder /var/lib/carts',
        ],
        exitCodes: { 0: 'done', 1: 'failed; the reason is on standard error' },
      }),
    );
}

function listCommand(output: Output): Command {
  return withCheckpointOptions(new Command('list').description('list the checkpoints, newest first')).action(
    async (options: CheckpointCommandOptions) => {
      await withPlace(options, async (storage) => {
        const checkpoints = await listCheckpoints(new CheckpointCatalog(storage, undefined));
        output.out(
          options.json === true ? toJson({ place: storage.description, checkpoints }) : toText(listLines(storage.description, checkpoints)),
        );
      });
    },
  );
}

function listLines(place: string, checkpoints: readonly ListedCheckpoint[]): string[] {
  if (checkpoints.length === 0) return [`${place} holds no checkpoint`];
  const rows = checkpoints.map((one) =>
    'problem' in one
      ? [one.id, one.problem]
      : [one.id, `commit ${formatCount(one.commit)}`, one.createdAt, formatBytes(one.bytes), one.application],
  );
  return [`${place} holds ${countOf(checkpoints.length, 'checkpoint')}`, ...alignRows(rows)];
}

function verifyCommand(output: Output): Command {
  return withCheckpointOptions(new Command('verify'))
    .description('read a checkpoint and check it: every object, and every checksum of the log in them')
    .option('--checkpoint <id>', 'the checkpoint to read (default: the newest)')
    .action(async (options: OneCheckpoint) => {
      await withPlace(options, async (storage) => {
        const manifest = await findCheckpoint(new CheckpointCatalog(storage, undefined), options.checkpoint);
        const found = await verifyCheckpoint(storage, manifest, reportedProgress(storage.description, output));
        output.out(options.json === true ? toJson({ place: storage.description, ...found }) : toText(verifiedLines(found)));
        if (found.problems.length > 0) throw new CommandExit(exitCodes.failure);
      });
    });
}

function verifiedLines({ id, commit, bytes, segments, objects, problems }: CheckpointVerification): string[] {
  const size = `${formatBytes(bytes)} in ${countOf(segments, 'segment')}, ${countOf(objects, 'object')}, up to commit ${formatCount(commit)}`;
  const verdict = problems.length === 0 ? 'is as it was written' : `has ${countOf(problems.length, 'problem')}`;
  return [`checkpoint ${id} ${verdict}`, `  ${size}`, ...problems.map(({ where, what }) => `  ${where}: ${what}`)];
}

function restoreCommand(output: Output): Command {
  return withCheckpointOptions(new Command('restore'))
    .description('make a state folder of a checkpoint; the folder must hold no state')
    .requiredOption('--state-folder <folder>', 'the folder to make')
    .option('--checkpoint <id>', 'the checkpoint to restore (default: the newest)')
    .addHelpText(
      'after',
      moreHelp({
        text: 'Stop the application first. With an older checkpoint the application goes back to it: newer ones stay until retention removes them.',
        examples: ['statefun checkpoint restore --from s3://backups/carts --checkpoint 4-17 --state-folder /var/lib/carts'],
        exitCodes: { 0: 'restored', 1: 'failed, and the folder holds no state' },
      }),
    )
    .action(async (options: RestoreOptions) => {
      await withPlace(options, async (storage) => {
        const folder = resolve(options.stateFolder);
        const progress = reportedProgress(storage.description, output);
        const restored = await restoreInto({ storage, folder, id: options.checkpoint, progress });
        const { id, commit, createdAt, bytes } = restored;
        const lines = [`${folder} holds checkpoint ${id} of ${createdAt}: commit ${formatCount(commit)}, ${formatBytes(bytes)}`];
        output.out(options.json === true ? toJson({ folder, ...restored }) : toText(lines));
      });
    });
}
