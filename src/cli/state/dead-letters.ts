import { Command } from 'commander';
import { changeDeadLetters, type DeadLetterChange } from '../../application/state-tools/change-dead-letters.ts';
import { openSnapshot } from '../../application/state-tools/open-snapshot.ts';
import { askRunning } from '../../application/state-tools/running-requests.ts';
import { listDeadLetters, showDeadLetter, type ShownDeadLetter } from '../../application/state-tools/stored-dead-letters.ts';
import { silentLogger } from '../../shared/logger.ts';
import { CommandExit, exitCodes } from '../exit-code.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { alignRows, countOf, toJson, toText } from './format.ts';
import { readSnapshot, stateFolderOf, withStateOptions, type StateCommandOptions } from './state-options.ts';

interface ChangeCommandOptions extends StateCommandOptions {
  readonly all?: true;
}

/** `statefun state dead-letters …`: look at what could not be handled, take it up again or forget it. */
export function deadLettersCommand(output: Output): Command {
  return new Command('dead-letters')
    .description('what could not be handled: list, show, redrive, drop')
    .addCommand(listCommand(output))
    .addCommand(showCommand(output))
    .addCommand(changeCommand('redrive', output))
    .addCommand(changeCommand('drop', output));
}

function listCommand(output: Output): Command {
  return withStateOptions(new Command('list'))
    .description('all dead letters, oldest first')
    .addHelpText(
      'after',
      moreHelp({
        examples: ['statefun state dead-letters list', "statefun state dead-letters list --json | jq -r '.deadLetters[].id'"],
        exitCodes: { 0: 'printed, even if there is none', 1: 'the folder cannot be read' },
      }),
    )
    .action(async (options: StateCommandOptions) => {
      const { commit, letters } = await readSnapshot(options, output, (snapshot) => ({
        commit: snapshot.commit,
        letters: listDeadLetters(snapshot),
      }));
      const rows = letters.map(({ id, at, kind, where, code, reason, redriveRequested }) => [
        id,
        at,
        kind,
        where,
        `${code}: ${oneLine(reason)}${redriveRequested ? ' (redriven at the next start)' : ''}`,
      ]);
      const text = toText([countOf(letters.length, 'dead letter'), ...alignRows(rows)]);
      output.out(options.json === true ? toJson({ commit, count: letters.length, deadLetters: letters }) : text);
    });
}

function showCommand(output: Output): Command {
  return withStateOptions(new Command('show'))
    .description('all that is kept of one dead letter, its event included')
    .argument('<id>', 'as list prints it')
    .addHelpText(
      'after',
      moreHelp({ examples: ['statefun state dead-letters show 7'], exitCodes: { 0: 'printed', 1: 'there is none with this id' } }),
    )
    .action(async (id: string, options: StateCommandOptions) => {
      const letter = await readSnapshot(options, output, (snapshot) => showDeadLetter(snapshot, id));
      output.out(options.json === true ? toJson(letter) : toText(letterLines(letter)));
    });
}

function letterLines({ payload, ingress, ...letter }: ShownDeadLetter): string[] {
  const origin = Object.entries(ingress ?? {}).map(([name, value]) => [`ingress ${name}`, value]);
  const facts = Object.entries(letter).map(([name, value]) => [name, String(value)]);
  return [`dead letter ${letter.id}`, ...alignRows([...facts, ...origin]), '', ...JSON.stringify(payload, null, 2).split('\n')];
}

const changes = {
  redrive: {
    description: 'take dead letters up again, from the beginning and with their ids',
    now: 'taken up again',
    atNextStart: 'will be taken up again at the next start',
  },
  drop: { description: 'forget dead letters for good', now: 'dropped', atNextStart: 'dropped' },
} as const satisfies Readonly<Record<DeadLetterChange, object>>;

function changeCommand(change: DeadLetterChange, output: Output): Command {
  return withStateOptions(new Command(change))
    .description(changes[change].description)
    .argument('[ids...]', 'as list prints them')
    .option('--all', 'all there are')
    .addHelpText(
      'after',
      moreHelp({
        text: 'A running application does it at once. Otherwise the folder is locked and changed by one commit.',
        examples: [`statefun state dead-letters ${change} 7 8`, `statefun state dead-letters ${change} --all`],
        exitCodes: { 0: 'done', 1: 'an id is none, or the folder cannot be changed' },
      }),
    )
    .action((ids: readonly string[], options: ChangeCommandOptions) => changeLetters(change, ids, options, output));
}

async function changeLetters(
  change: DeadLetterChange,
  ids: readonly string[],
  options: ChangeCommandOptions,
  output: Output,
): Promise<void> {
  const all = options.all === true;
  if (all === ids.length > 0) throw new CommandExit(exitCodes.usage, 'name the ids of dead letters, or give --all');
  const folder = stateFolderOf(options);
  // The store would create a folder that is not there.
  (await openSnapshot({ folder })).close();
  const wanted = all ? undefined : ids;
  const byEngine = await askRunning(folder, { change, ids: wanted });
  const changed = byEngine ?? (await changeDeadLetters({ folder, change, ids: wanted, logger: silentLogger }));
  const done = byEngine === undefined ? changes[change].atNextStart : changes[change].now;
  const text = `${countOf(changed.length, 'dead letter')} ${done}${changed.length === 0 ? '' : `: ${changed.join(', ')}`}`;
  const when = byEngine === undefined && change === 'redrive' ? 'next-start' : 'now';
  output.out(options.json === true ? toJson({ folder, change, when, ids: changed }) : toText([text]));
}

function oneLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
