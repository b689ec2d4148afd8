import { isDeepStrictEqual } from 'node:util';
import type { EgressLine, Outcome } from './model.ts';

/** Most differences that are told of one kind. */
const toldMax = 5;

/** What differs between how a run must end and how it ended; empty when nothing does. */
export function compare(expected: Outcome, actual: Outcome): string[] {
  return [
    ...compareStates(expected.state, actual.state),
    ...compareSets('dead letter', expected.deadLetters, actual.deadLetters),
    ...compareEgress(expected.egress, actual.egress),
    ...(expected.delayed === actual.delayed ? [] : [`${actual.delayed} delayed messages are pending instead of ${expected.delayed}`]),
  ];
}

function compareStates(expected: Outcome['state'], actual: Outcome['state']): string[] {
  const addresses = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  const problems = addresses.flatMap((address) => {
    const [wanted, found] = [comparable(expected[address] ?? {}), comparable(actual[address] ?? {})];
    return isDeepStrictEqual(wanted, found)
      ? []
      : [`state of ${address}:\n    expected ${JSON.stringify(wanted)}\n    but is   ${JSON.stringify(found)}`];
  });
  return some(problems);
}

/**
 * What must be equal. Not the order of tables, which depends on the interleaving of senders, nor when a subscription was made; of the credits
 * of an account the order of each sender's, which are "<sender> <reference>".
 */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const bySender: Record<string, string[]> = {};
    for (const item of value) (bySender[String(item).split(' ')[0] ?? ''] ??= []).push(String(item));
    return sorted(bySender);
  }
  if (typeof value !== 'object' || value === null) return value;
  return sorted(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, comparable(inner)])));
}

function sorted(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(value).filter(([key]) => key !== 'dateCreated');
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every record exactly once, under the id that it must have, with the content that belongs to the id. */
function compareEgress(expected: readonly EgressLine[], actual: readonly EgressLine[]): string[] {
  const ids = new Set(actual.map(({ id }) => id));
  const repeated = actual.length - ids.size;
  return [...(repeated === 0 ? [] : [`${repeated} egress records left more than once`]), ...compareSets('egress record', expected, actual)];
}

function compareSets(what: string, expected: readonly object[], actual: readonly object[]): string[] {
  const key = (value: object): string => JSON.stringify(sorted({ ...value }));
  const [wanted, found] = [new Set(expected.map(key)), new Set(actual.map(key))];
  const missing = [...wanted].filter((one) => !found.has(one)).map((one) => `missing ${what} ${one}`);
  const surplus = [...found].filter((one) => !wanted.has(one)).map((one) => `unexpected ${what} ${one}`);
  const count = expected.length === actual.length ? [] : [`${actual.length} ${what}s instead of ${expected.length}`];
  return [...count, ...some(missing), ...some(surplus)];
}

function some(problems: readonly string[]): string[] {
  if (problems.length <= toldMax) return [...problems];
  return [...problems.slice(0, toldMax), `… and ${problems.length - toldMax} more`];
}
