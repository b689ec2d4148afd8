import { Command, Option } from 'commander';
import { dropStoredMessages } from '../../state-tools/drop-messages.ts';
import { openSnapshot } from '../../state-tools/open-snapshot.ts';
import { askRunning } from '../../state-tools/running-requests.ts';
import { listMessages, messageKinds, type ListedMessage } from '../../state-tools/stored-messages.ts';
import { ensureFunctionType } from '../../shared/address.ts';
import { silentLogger } from '../../shared/logger.ts';
import { CommandExit, exitCodes } from '../exit-code.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { alignRows, countOf, formatBytes, formatCount, toJson, toText } from './format.ts';
import { toLimit } from './list.ts';
import { readSnapshot, stateFolderOf, withStateOptions, type StateCommandOptions } from './state-options.ts';

interface ListOptions extends StateCommandOptions {
  readonly kind?: readonly string[];
  readonly type?: readonly string[];
  readonly limit: number;
}

interface DropOptions extends StateCommandOptions {
  readonly type?: readonly string[];
  readonly all?: true;
}

/** `statefun state messages …`: lists and drops messages that are not handled yet. */
export function messagesCommand(output: Output): Command {
  return new Command('messages')
    .description('messages that are not handled yet, delayed ones among them: list, drop')
    .addCommand(listCommand(output))
    .addCommand(dropCommand(output));
}

function listCommand(output: Output): Command {
  return withStateOptions(new Command('list'))
    .description('messages that wait for their turn or another attempt, in their order, then delayed ones by due time')
    .addOption(new Option('--kind <kind...>', 'only these').choices(messageKinds))
    .option('--type <type...>', 'only those for addresses of these function types')
    .option('--limit <count>', 'print no more than this many', toLimit, 1_000)
    .addHelpText(
      'after',
      moreHelp({
        text: 'Changes that a running application has not committed yet are not shown.',
        examples: ['statefun state messages list', 'statefun state messages list --kind waiting --type example/cart --json'],
        exitCodes: { 0: 'printed, even if there is none', 1: 'the folder cannot be read' },
      }),
    )
    .action(async (options: ListOptions) => {
      const { commit, all } = await readSnapshot(options, output, (snapshot) => ({
        commit: snapshot.commit,
        all: listMessages(snapshot, { kinds: options.kind, types: checkedTypes(options.type) }),
      }));
      const messages = all.slice(0, options.limit);
      if (options.json === true) {
        output.out(toJson({ commit, count: all.length, messages }));
        return;
      }
      output.out(toText([countOf(all.length, 'message'), ...alignRows(messages.map(rowOf))]));
      if (all.length > messages.length) output.err(`and ${formatCount(all.length - messages.length)} more: --limit prints them\n`);
    });
}

function rowOf({
  id,
  kind,
  target,
  caller,
  eventType,
  payloadBytes,
  attempts,
  failure,
  dueAt,
  cancellationToken,
}: ListedMessage): readonly string[] {
  const from = caller === undefined ? '' : `from ${caller}`;
  const when = dueAt === undefined ? '' : `${kind === 'delayed' ? 'due' : 'again'} at ${dueAt}`;
  const named = cancellationToken === undefined ? '' : `cancellation token ${cancellationToken}`;
  const why = failure === undefined ? '' : `${countOf(attempts, 'failed attempt')}: ${failure.code}: ${failure.reason}`;
  return [id, kind, target, eventType, formatBytes(payloadBytes), [from, when, named, why].filter((text) => text !== '').join(', ')];
}

function dropCommand(output: Output): Command {
  return withStateOptions(new Command('drop'))
    .description('remove messages permanently: by id, by function type, or all')
    .argument('[ids...]', 'as list prints them')
    .option('--type <type...>', 'all for addresses of these function types: ends an endless exchange between functions')
    .option('--all', 'all there are')
    .addHelpText(
      'after',
      moreHelp({
        text: [
          'A running application does it at once, and abandons the handlers of these messages. Otherwise the folder is locked and changed by one commit.',
          'A message that a remote function is handling stays.',
        ].join('\n'),
        examples: ['statefun state messages drop 7 8', 'statefun state messages drop --type demo/ping demo/pong'],
        exitCodes: { 0: 'done', 1: 'no message has one of the ids, or the folder cannot be changed' },
      }),
    )
    .action((ids: readonly string[], options: DropOptions) => drop(ids, options, output));
}

async function drop(ids: readonly string[], options: DropOptions, output: Output): Promise<void> {
  const types = checkedTypes(options.type);
  const ways = [ids.length > 0, types !== undefined, options.all === true].filter(Boolean);
  if (ways.length !== 1) throw new CommandExit(exitCodes.usage, 'give the ids of messages, function types with --type, or --all');
  const folder = stateFolderOf(options);
  // The store would create a missing folder.
  (await openSnapshot({ folder })).close();
  const wanted = ids.length > 0 ? ids : undefined;
  const byEngine = await askRunning(folder, { change: 'drop-messages', ids: wanted, types });
  const dropped = byEngine ?? (await dropStoredMessages({ folder, ids: wanted, types, logger: silentLogger }));
  const text = `${countOf(dropped.length, 'message')} dropped${dropped.length === 0 ? '' : `: ${dropped.join(', ')}`}`;
  output.out(options.json === true ? toJson({ folder, ids: dropped }) : toText([text]));
}

function checkedTypes(types: readonly string[] | undefined): readonly string[] | undefined {
  for (const type of types ?? []) ensureFunctionType(type, 'statefun state messages --type');
  return types;
}
