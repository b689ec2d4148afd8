import { Command } from 'commander';
import { changeDeadLetters, type DeadLetterChange } from '../../state-tools/change-dead-letters.ts';
import { openSnapshot } from '../../state-tools/open-snapshot.ts';
import { askRunning } from '../../state-tools/running-requests.ts';
import { isEmptyFilter, type DeadLetterFilter } from '../../state-tools/dead-letter-filter.ts';
import { listDeadLetters, showDeadLetter, type ShownDeadLetter } from '../../state-tools/stored-dead-letters.ts';
import { silentLogger } from '../../shared/logger.ts';
import { CommandExit, exitCodes } from '../exit-code.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { toFilter, withFilterOptions, type DeadLetterFilterOptions } from './dead-letter-options.ts';
import { alignRows, countOf, toJson, toText } from './format.ts';
import { readSnapshot, stateFolderOf, withStateOptions, type StateCommandOptions } from './state-options.ts';

type ListCommandOptions = StateCommandOptions & DeadLetterFilterOptions;

interface ChangeCommandOptions extends StateCommandOptions, DeadLetterFilterOptions {
  readonly all?: true;
}

/** `statefun state dead-letters …`: lists, shows, redrives and drops dead letters. */
export function deadLettersCommand(output: Output): Command {
  return new Command('dead-letters')
    .description('what could not be handled: list, show, redrive, drop')
    .addCommand(listCommand(output))
    .addCommand(showCommand(output))
    .addCommand(changeCommand('redrive', output))
    .addCommand(changeCommand('drop', output));
}

function listCommand(output: Output): Command {
  return withFilterOptions(withStateOptions(new Command('list')))
    .description('dead letters, oldest first')
    .addHelpText(
      'after',
      moreHelp({
        examples: [
          'statefun state dead-letters list',
          'statefun state dead-letters list --code NO_FORWARDER --since 2h',
          "statefun state dead-letters list --json | jq -r '.deadLetters[].id'",
        ],
        exitCodes: { 0: 'printed, even if there is none', 1: 'the folder cannot be read' },
      }),
    )
    .action(async (options: ListCommandOptions) => {
      const filter = toFilter(options);
      const { commit, letters } = await readSnapshot(options, output, (snapshot) => ({
        commit: snapshot.commit,
        letters: listDeadLetters(snapshot, filter),
      }));
      const rows = letters.map(({ id, at, kind, where, code, errorClass, reason, redriveRequested }) => [
        id,
        at,
        kind,
        where,
        `${nameOf(code, errorClass)}: ${oneLine(reason)}${redriveRequested ? ' (redriven at the next start)' : ''}`,
      ]);
      const text = toText([countOf(letters.length, 'dead letter'), ...alignRows(rows)]);
      output.out(options.json === true ? toJson({ commit, count: letters.length, deadLetters: letters }) : text);
    });
}

function showCommand(output: Output): Command {
  return withStateOptions(new Command('show'))
    .description('show everything kept of one dead letter, with its event')
    .argument('<id>', 'as list prints it')
    .addHelpText(
      'after',
      moreHelp({ examples: ['statefun state dead-letters show 7'], exitCodes: { 0: 'printed', 1: 'no dead letter has this id' } }),
    )
    .action(async (id: string, options: StateCommandOptions) => {
      const letter = await readSnapshot(options, output, (snapshot) => showDeadLetter(snapshot, id));
      output.out(options.json === true ? toJson(letter) : toText(letterLines(letter)));
    });
}

function letterLines({ payload, ingress, stack, ...letter }: ShownDeadLetter): string[] {
  const origin = Object.entries(ingress ?? {}).map(([name, value]) => [`ingress ${name}`, value]);
  const facts = Object.entries(letter).map(([name, value]) => [name, String(value)]);
  const trace = stack === undefined ? [] : ['', ...stack.split('\n')];
  return [`dead letter ${letter.id}`, ...alignRows([...facts, ...origin]), ...trace, '', ...JSON.stringify(payload, null, 2).split('\n')];
}

/** Returns the code, with the class of the error if the class has a different name. */
function nameOf(code: string, errorClass: string | undefined): string {
  return errorClass === undefined || errorClass === code ? code : `${code} (${errorClass})`;
}

const changes = {
  redrive: {
    description: 'handle dead letters again, from the beginning and with their ids',
    now: 'redriven',
    atNextStart: 'will be redriven at the next start',
  },
  drop: { description: 'remove dead letters permanently', now: 'dropped', atNextStart: 'dropped' },
} as const satisfies Readonly<Record<DeadLetterChange, object>>;

function changeCommand(change: DeadLetterChange, output: Output): Command {
  return withFilterOptions(withStateOptions(new Command(change)))
    .description(changes[change].description)
    .argument('[ids...]', 'as list prints them')
    .option('--all', 'all there are')
    .addHelpText(
      'after',
      moreHelp({
        text: 'A running application does it at once. Otherwise the folder is locked and changed by one commit.',
        examples: [
          `statefun state dead-letters ${change} 7 8`,
          `statefun state dead-letters ${change} --type example/cart --since 2h`,
          `statefun state dead-letters ${change} --all`,
        ],
        exitCodes: { 0: 'done', 1: 'no dead letter has one of the ids, or the folder cannot be changed' },
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
  const filter = toFilter(options);
  const ways = [options.all === true, ids.length > 0, !isEmptyFilter(filter)].filter(Boolean).length;
  if (ways !== 1) throw new CommandExit(exitCodes.usage, 'give the ids of dead letters, choose them with --code and others, or give --all');
  const folder = stateFolderOf(options);
  const wanted = await wantedIds(folder, ids, filter, options.all === true);
  const byEngine = await askRunning(folder, { change, ids: wanted });
  const changed = byEngine ?? (await changeDeadLetters({ folder, change, ids: wanted, logger: silentLogger }));
  const done = byEngine === undefined ? changes[change].atNextStart : changes[change].now;
  const text = `${countOf(changed.length, 'dead letter')} ${done}${changed.length === 0 ? '' : `: ${changed.join(', ')}`}`;
  const when = byEngine === undefined && change === 'redrive' ? 'next-start' : 'now';
  output.out(options.json === true ? toJson({ folder, change, when, ids: changed }) : toText([text]));
}

/** Returns the ids of the selected dead letters; undefined for all. Throws when there is no state folder, which the store would create. */
async function wantedIds(
  folder: string,
  ids: readonly string[],
  filter: DeadLetterFilter,
  all: boolean,
): Promise<readonly string[] | undefined> {
  const snapshot = await openSnapshot({ folder });
  try {
    if (all) return undefined;
    return ids.length > 0 ? ids : listDeadLetters(snapshot, filter).map(({ id }) => id);
  } finally {
    snapshot.close();
  }
}

function oneLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
