import { Command } from 'commander';
import { compactState } from '../../state-tools/compact-state.ts';
import { silentLogger } from '../../shared/logger.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { countOf, formatBytes, toJson, toText } from './format.ts';
import { stateFolderOf, withStateOptions, type StateCommandOptions } from './state-options.ts';

/** `statefun state compact`: reclaims the space of old state while the application is stopped. */
export function compactCommand(output: Output): Command {
  return withStateOptions(new Command('compact'))
    .description('reclaim the space of old state while the application is stopped; a running application does so by itself')
    .addHelpText(
      'after',
      moreHelp({
        text: 'The state itself does not change. The newest entries are written again before old ones are removed, so there must be room for one more segment.',
        examples: ['statefun state compact', 'statefun state compact --state-folder /var/lib/carts'],
        exitCodes: { 0: 'done', 1: 'failed, or the application runs; the reason is on standard error' },
      }),
    )
    .action((options: StateCommandOptions) => compact(options, output));
}

async function compact(options: StateCommandOptions, output: Output): Promise<void> {
  const folder = stateFolderOf(options);
  const compaction = await compactState(folder, silentLogger);
  if (options.json === true) return output.out(toJson({ folder, ...compaction }));
  const { bytesBefore, bytesAfter, segmentsBefore, segmentsAfter } = compaction;
  const before = `${formatBytes(bytesBefore)} in ${countOf(segmentsBefore, 'segment')}`;
  output.out(toText([`${folder} had ${before}, and has ${formatBytes(bytesAfter)} in ${countOf(segmentsAfter, 'segment')}`]));
}
