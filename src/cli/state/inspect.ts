import { Command } from 'commander';
import { inspectState, type StateInspection } from '../../state-tools/inspect-state.ts';
import { findEngine } from '../../state-tools/open-snapshot.ts';
import { moreHelp } from '../more-help.ts';
import type { Output } from '../output.ts';
import { alignRows, countOf, formatBytes, formatCount, toJson, toText } from './format.ts';
import { readSnapshot, withStateOptions, type StateCommandOptions } from './state-options.ts';

/** The contents of a folder, and the process that uses it. */
type Inspected = StateInspection & { readonly inUse: boolean; readonly pid?: number };

/** `statefun state inspect`: prints the contents of a state folder by kind. */
export function inspectCommand(output: Output): Command {
  return withStateOptions(new Command('inspect'))
    .description('show what the folder holds: addresses, messages, egress records, dead letters, positions, segments')
    .addHelpText(
      'after',
      moreHelp({
        text: 'Reads everything once. The application may run: the command shows its state after one commit.',
        examples: ['statefun state inspect', 'statefun state inspect --state-folder .statefun/carts --json'],
        exitCodes: { 0: 'printed', 1: 'the folder holds no state, or it is damaged' },
      }),
    )
    .action((options: StateCommandOptions) => inspect(options, output));
}

async function inspect(options: StateCommandOptions, output: Output): Promise<void> {
  const inspected = await readSnapshot(options, output, async (snapshot, folder): Promise<Inspected> => {
    const engine = await findEngine(folder);
    return { ...inspectState(snapshot), inUse: engine !== undefined, ...(engine?.pid === undefined ? {} : { pid: engine.pid }) };
  });
  output.out(options.json === true ? toJson(inspected) : toText(linesOf(inspected)));
}

function linesOf(state: Inspected): string[] {
  const { segments, addresses, positions } = state;
  return [
    `State in ${state.folder}`,
    '',
    ...alignRows(summaryOf(state)),
    ...section('Addresses', [
      ...addresses.map(({ type, addresses: count, keys, bytes }) => [type, formatCount(count), countOf(keys, 'key'), formatBytes(bytes)]),
    ]),
    ...section('Positions', [...positions.map(({ ingress, partition, position }) => [ingress, partition, position])]),
    ...section('Segments', [
      ...segments.map(({ number, kind, bytes, entries, liveBytes }) => [
        String(number),
        kind,
        formatBytes(bytes),
        countOf(entries, 'entry', 'entries'),
        `${percent(bytes - liveBytes, bytes)} garbage`,
      ]),
    ]),
  ];
}

function summaryOf(state: Inspected): string[][] {
  const { pendingMessages, delayedMessages, outbox, deadLetters } = state;
  const next = delayedMessages.nextDueAt === undefined ? '' : `, the next one is due at ${delayedMessages.nextDueAt}`;
  const requested =
    deadLetters.redriveRequested === 0 ? '' : `, ${formatCount(deadLetters.redriveRequested)} to be redriven at the next start`;
  const space = `${formatBytes(state.bytes)}, ${percent(state.garbageBytes, state.bytes)} garbage`;
  return [
    ['store', `${state.storeId}, created ${state.createdAt}, format version ${state.formatVersion}`],
    ['in use', state.inUse ? `by ${state.pid === undefined ? 'an engine' : `process ${state.pid}`}` : 'no'],
    ['last commit', formatCount(state.commit)],
    ['keys', `${formatCount(state.keys)} in ${countOf(state.segments.length, 'segment')}, ${space}`],
    ...(state.unfinishedBytes === 0
      ? []
      : [['unfinished', `${formatBytes(state.unfinishedBytes)} of a commit that is being written, or that a crash interrupted`]]),
    ['messages', `${formatCount(pendingMessages.count)} pending${byName(pendingMessages.byType)}`],
    ['delayed', `${formatCount(delayedMessages.count)} pending${byName(delayedMessages.byType)}${next}`],
    ['egress', `${countOf(outbox.count, 'record')} not acknowledged${byName(outbox.byEgress)}`],
    ['dead letters', `${formatCount(deadLetters.count)}${byName(deadLetters.byCode)}${requested}`],
  ];
}

function byName(counts: Readonly<Record<string, number>>): string {
  const names = Object.entries(counts).sort(([, left], [, right]) => right - left);
  return names.length === 0 ? '' : ` (${names.map(([name, count]) => `${name} ${formatCount(count)}`).join(', ')})`;
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : ['', title, ...alignRows(rows)];
}

function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;
}
