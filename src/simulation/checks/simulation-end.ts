import { formatAddress } from '../../shared/address.ts';
import type { EgressedEvent } from '../../testing/egressed-event.ts';
import { findMismatch } from '../../testing/expectations/match.ts';
import { firstDifference, letterName, sortedText } from '../report/texts.ts';
import { addressesWithState, snapshotOf, type ViewSources } from './view.ts';

/** What a run comes to; two runs of an application that does not depend on interleaving come to the same. */
export interface SimulationEnd {
  /** State by address. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Dead letters, each by what it was: its kind, where it was going and its id. */
  readonly deadLetters: readonly string[];
  /** Delayed messages that are far from due, by id and target. */
  readonly delayed: readonly string[];
  /** Events that have left, each once, in the order in which they first did. */
  readonly egress: readonly EgressedEvent[];
}

export function endOf(sources: ViewSources): SimulationEnd {
  const { engine, partition, left } = sources;
  return {
    states: new Map(addressesWithState(sources).map((address) => [formatAddress(address), snapshotOf(sources, address)])),
    deadLetters: engine.deadLetters().map(letterName).sort(),
    delayed: partition.delayed
      .list()
      .map(({ message }) => `${message.envelope.messageId} to ${formatAddress(message.target)}`)
      .sort(),
    egress: [...left],
  };
}

/** How an end differs from that of the quiet run; undefined when it does not. The order and time of what leaves are free, and the order of keys. */
export function endDifference(expected: SimulationEnd, actual: SimulationEnd): string | undefined {
  const found = firstDifference(toTexts(expected), toTexts(actual));
  return found && `${found.key}: in a quiet run ${cut(found.expected)}; here ${cut(found.actual)}`;
}

/** The same for what an application makes of an end. */
export function resultDifference(expected: unknown, actual: unknown): string | undefined {
  if (sortedText(expected) === sortedText(actual)) return undefined;
  const found = findMismatch(actual, { $exactly: expected }, '');
  return found === undefined ? 'values of other types' : `${found.path || 'the result'} ${found.text}, as in a quiet run`;
}

function toTexts({ states, deadLetters, delayed, egress }: SimulationEnd): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [address, state] of states) texts.set(`the state of ${address}`, sortedText(state));
  for (const letter of deadLetters) texts.set(`dead letter ${letter}`, `${texts.get(`dead letter ${letter}`) ?? ''}there`);
  for (const message of delayed) texts.set(`delayed message ${message}`, 'waiting');
  for (const { egressId, key, event } of egress) {
    // When it was sent says which attempt succeeded.
    const { time: _, ...rest } = event;
    texts.set(`event ${event.id} of ${egressId}`, sortedText([key, rest]));
  }
  return texts;
}

/** State can be long; what differs is in the run that repeats it. */
function cut(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
