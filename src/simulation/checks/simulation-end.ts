import { formatAddress } from '../../shared/address.ts';
import type { EgressedEvent } from '../../testing/egressed-event.ts';
import { findMismatch } from '../../testing/expectations/match.ts';
import { firstDifference, letterName, sortedText } from '../report/texts.ts';
import { addressesWithState, snapshotOf, type ViewSources } from './view.ts';

/** The end of a run. Runs of an application that does not depend on interleaving have the same end. */
export interface SimulationEnd {
  /** State by address. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Dead letters, each by its kind, target and id. */
  readonly deadLetters: readonly string[];
  /** Delayed messages that are due after the horizon, by id and target. */
  readonly delayed: readonly string[];
  /** Egress events, each once, in the order in which they were first sent. */
  readonly egress: readonly EgressedEvent[];
}

export function endOf(sources: ViewSources): SimulationEnd {
  const { engine, partition, left } = sources;
  return {
    states: new Map(addressesWithState(sources).map((address) => [formatAddress(address), snapshotOf(sources, address)])),
    deadLetters: engine.deadLetters().map(letterName).sort(),
    delayed: partition.delayed
      .list()
      .map(({ message }) => `${message.messageId} to ${formatAddress(message.target)}`)
      .sort(),
    egress: [...left],
  };
}

/** Returns the difference from the end of the quiet run, or undefined. Order and time of egress events and the order of keys may differ. */
export function endDifference(expected: SimulationEnd, actual: SimulationEnd): string | undefined {
  const found = firstDifference(toTexts(expected), toTexts(actual));
  return found && `${found.key}: in a quiet run ${cut(found.expected)}; here ${cut(found.actual)}`;
}

/** Returns the difference between two results that an application derives from ends, or undefined. */
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
    // The time depends on the successful attempt.
    const { time: _, ...rest } = event;
    texts.set(`event ${event.id} of ${egressId}`, sortedText([key, rest]));
  }
  return texts;
}

/** Shortens a text. Repeating the run shows all of it. */
function cut(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
