import { Command } from 'commander';
import { verifyState, type StateVerification } from '../../state-tools/verify-state.ts';
import { CommandExit, exitCodes } from '../exit-code.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { countOf, formatBytes, formatCount, toJson, toText } from './format.ts';
import { stateFolderOf, reportedProgress, withStateOptions, type StateCommandOptions } from './state-options.ts';

/** `statefun state verify`: reads and checks everything. */
export function verifyCommand(output: Output): Command {
  return withStateOptions(new Command('verify'))
    .description('read and check everything: every checksum, and whether every stored value can be read')
    .addHelpText(
      'after',
      moreHelp({
        text: 'Nothing is changed or repaired. The application may run; what it commits meanwhile is not checked.',
        examples: ['statefun state verify', 'statefun state verify --state-folder /var/lib/carts --json'],
        exitCodes: {
          0: 'everything is as it was written',
          1: 'something is not; each problem with file and offset, or collection and key',
        },
      }),
    )
    .action((options: StateCommandOptions) => verify(options, output));
}

async function verify(options: StateCommandOptions, output: Output): Promise<void> {
  const folder = stateFolderOf(options);
  const verification = await verifyState({ folder, progress: reportedProgress(folder, output) });
  output.out(options.json === true ? toJson({ folder, ...verification }) : toText(linesOf(folder, verification)));
  if (!verification.ok) throw new CommandExit(exitCodes.failure);
}

function linesOf(folder: string, { ok, problems, unfinishedBytes, ...counts }: StateVerification): string[] {
  const { segments, bytes, frames, entries, keys, commit } = counts;
  const read = `${formatBytes(bytes)} in ${countOf(segments, 'segment')}: ${countOf(frames, 'frame')}, ${countOf(entries, 'entry', 'entries')}, ${countOf(keys, 'key')} up to commit ${formatCount(commit)}`;
  const tail = `  ${formatBytes(unfinishedBytes)} of a commit that is being written, or that a crash interrupted, are no problem`;
  return [
    ok ? `${folder} is as it was written` : `${folder} has ${countOf(problems.length, 'problem')}`,
    `  ${read}`,
    ...(unfinishedBytes > 0 ? [tail] : []),
    ...problems.map(({ where, what }) => `  ${where}: ${what}`),
  ];
}
