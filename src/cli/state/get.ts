import { Command } from 'commander';
import { readAddress, storedTypes, type StoredAddress } from '../../state-tools/stored-addresses.ts';
import type { StoredCell } from '../../state-tools/stored-cells.ts';
import { ensureFunctionType } from '../../shared/address.ts';
import { toIsoTime } from '../../shared/time/iso-time.ts';
import { printableLine } from '../../shared/text/printable.ts';
import { CommandExit, exitCodes } from '../exit-code.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { countOf, formatBytes, formatCount, toJson, toText } from './format.ts';
import { unknownTypeLines } from './unknown-type.ts';
import { readSnapshot, withStateOptions, type StateCommandOptions } from './state-options.ts';

/** `statefun state get <type> <id>`: prints the cells of one address. */
export function getCommand(output: Output): Command {
  return withStateOptions(new Command('get'))
    .description('show the stored state of one address, cell by cell')
    .argument('<type>', 'the function type, namespace/name')
    .argument('<id>', 'the id of the address')
    .addHelpText(
      'after',
      moreHelp({
        text: [
          'The folder does not know the types of cells: JSON is shown as JSON, other text as {"$text": …}, bytes as {"$base64": …}.',
          'Changes that a running application has not committed yet are not shown.',
        ].join('\n'),
        examples: [
          'statefun state get example/cart c1',
          'statefun state get example/cart c1 --json',
          'statefun state get example/cart -- -1',
        ],
        exitCodes: { 0: 'printed', 1: 'nothing is stored of the address, or the folder cannot be read' },
      }),
    )
    .action((type: string, id: string, options: StateCommandOptions) => get(type, id, options, output));
}

async function get(type: string, id: string, options: StateCommandOptions, output: Output): Promise<void> {
  ensureFunctionType(type, 'statefun state get');
  const { address, hints } = await readSnapshot(options, output, (snapshot) => {
    const read = readAddress(snapshot, { type, id });
    return { address: read, hints: read.keys > 0 ? [] : unknownTypeLines(type, storedTypes(snapshot)) };
  });
  const isEmpty = address.keys === 0;
  if (options.json === true) output.out(toJson(address));
  else if (!isEmpty) output.out(toText(linesOf(address)));
  if (isEmpty) {
    const lines = [`nothing is stored of ${type}/${id} (last commit: ${address.commit})`, ...hints];
    throw new CommandExit(exitCodes.failure, lines.map(printableLine).join('\n'));
  }
}

function linesOf({ type, id, commit, changedAt, keys, bytes, cells }: StoredAddress): string[] {
  const size = `${countOf(keys, 'key')}, ${formatBytes(bytes)}`;
  return [`${type}/${id}: ${size}, changed by commit ${formatCount(changedAt)} of ${formatCount(commit)}`, ...cells.flatMap(cellLines)];
}

function cellLines(cell: StoredCell): string[] {
  switch (cell.kind) {
    case 'value':
      return ['', `  ${cell.name} (value)`, `    ${JSON.stringify(cell.value)}`];
    case 'remote': {
      const expires = cell.expiresAt === undefined ? '' : `, expires ${toIsoTime(cell.expiresAt)}`;
      return ['', `  ${cell.name} (${cell.typename || 'type unknown'}${expires})`, `    ${JSON.stringify(cell.value)}`];
    }
    case 'table': {
      const lines = cell.entries.map(({ key, value }) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
      return ['', `  ${cell.name} (table, ${countOf(cell.entries.length, 'entry', 'entries')})`, ...lines];
    }
    case 'list':
      return [
        '',
        `  ${cell.name} (list, ${countOf(cell.items.length, 'item')})`,
        ...cell.items.map((item) => `    ${JSON.stringify(item)}`),
      ];
  }
}
