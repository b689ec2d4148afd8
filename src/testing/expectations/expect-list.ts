import { formatAddress, type Address } from '../../shared/address.ts';
import { countOf } from '../../shared/text/count-of.ts';
import { ExpectationError } from './expectation-error.ts';
import { findMismatch, isAbsent, show } from './match.ts';
import type { StateSnapshot } from './state-expectation.ts';

/** The lists to compare, with texts for messages. */
export interface ExpectedList {
  /** The list, for example `egress "shop/out"` or `messages to shop/cart`. */
  readonly what: string;
  /** The noun of an item, for example `event`, `message` or `dead letter`. */
  readonly noun: string;
  readonly expected: readonly unknown[];
  readonly actual: readonly unknown[];
  /** Returns a text about the differing item, for example the line of the fixture that it comes from. */
  readonly origin?: (index: number) => string | undefined;
}

/** Throws EXPECTATION_FAILED unless there are as many items as patterns and each item matches its pattern. */
export function expectList(list: ExpectedList): void {
  const difference = firstDifference(list);
  if (difference === undefined) return;
  throw new ExpectationError(list.what, undefined, difference, { expected: list.expected, actual: list.actual });
}

/** Throws EXPECTATION_FAILED unless the state of the address matches the pattern. `{ $absent: true }` expects no state. */
export function expectState(address: Address, snapshot: StateSnapshot, expected: unknown): void {
  const actual = isAbsent(expected) && Object.keys(snapshot).length === 0 ? undefined : snapshot;
  const mismatch = findMismatch(actual, expected, '');
  if (mismatch === undefined) return;
  const difference = `${mismatch.path} ${mismatch.text}`.trim();
  throw new ExpectationError(`state of ${formatAddress(address)}`, undefined, difference, { expected, actual: snapshot });
}

function firstDifference({ noun, expected, actual, origin }: ExpectedList): string | undefined {
  const from = (index: number): string => {
    const text = origin?.(index);
    return text === undefined ? '' : ` (${text})`;
  };
  for (const [index, item] of actual.entries()) {
    if (index >= expected.length) return `${counts(actual, noun, expected)}; too many from [${index}]: ${show(item)}${from(index)}`;
    const mismatch = findMismatch(item, expected[index], `[${index}]`);
    if (mismatch !== undefined) return `${mismatch.path} ${mismatch.text}${from(index)}`;
  }
  if (actual.length === expected.length) return undefined;
  return `${counts(actual, noun, expected)}; missing from [${actual.length}]: ${show(expected[actual.length])}`;
}

function counts(actual: readonly unknown[], noun: string, expected: readonly unknown[]): string {
  return `${countOf(actual.length, noun)}, expected ${expected.length}`;
}
