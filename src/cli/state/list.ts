import { Command, InvalidArgumentError } from 'commander';
import { listAddresses, storedTypes } from '../../state-tools/stored-addresses.ts';
import { ensureFunctionType } from '../../shared/address.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { alignRows, countOf, formatBytes, formatCount, toJson, toText } from './format.ts';
import { unknownTypeLines } from './unknown-type.ts';
import { readSnapshot, withStateOptions, type StateCommandOptions } from './state-options.ts';

interface ListCommandOptions extends StateCommandOptions {
  readonly limit: number;
}

/** `statefun state list <type>`: prints the addresses of a function type. */
export function listCommand(output: Output): Command {
  return withStateOptions(new Command('list'))
    .description('list the addresses of a function type that have state, by id')
    .argument('<type>', 'the function type, namespace/name')
    .option('--limit <count>', 'print no more than this many', toLimit, 1_000)
    .addHelpText(
      'after',
      moreHelp({
        examples: ['statefun state list example/cart', 'statefun state list example/cart --limit 10 --json'],
        text: 'If the type has no state, standard error names the nearest type that has.',
        exitCodes: { 0: 'printed, even if there is none', 1: 'the folder cannot be read' },
      }),
    )
    .action((type: string, options: ListCommandOptions) => list(type, options, output));
}

/** Parses `--limit`. */
export function toLimit(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}

async function list(type: string, options: ListCommandOptions, output: Output): Promise<void> {
  ensureFunctionType(type, 'statefun state list');
  const { commit, all, hints } = await readSnapshot(options, output, (snapshot) => {
    const listed = listAddresses(snapshot, type);
    const lines = listed.length > 0 ? [] : unknownTypeLines(type, storedTypes(snapshot));
    return { commit: snapshot.commit, all: listed, hints: lines };
  });
  output.err(toText(hints));
  const addresses = all.slice(0, options.limit);
  if (options.json === true) {
    output.out(toJson({ type, commit, count: all.length, addresses }));
    return;
  }
  const rows = addresses.map(({ id, keys, bytes, changedAt }) => [
    id,
    countOf(keys, 'key'),
    formatBytes(bytes),
    `commit ${formatCount(changedAt)}`,
  ]);
  const more = all.length - addresses.length;
  output.out(toText([`${countOf(all.length, 'address', 'addresses')} of ${type}`, ...alignRows(rows)]));
  if (more > 0) output.err(`and ${formatCount(more)} more: --limit prints them\n`);
}
