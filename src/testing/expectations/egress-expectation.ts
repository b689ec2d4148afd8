import { StatefunError } from '../../shared/errors.ts';
import type { EgressedEvent } from '../egressed-event.ts';
import { ExpectationData } from './expectation-data.ts';
import { ExpectationError } from './expectation-error.ts';
import { placeText } from '../fixtures/fixture-places.ts';
import { findMismatch, type Mismatch } from './match.ts';

const lineType = 'test.expect-egress';

/** The data of a `test.expect-egress` line: the next egress events, or that any others are allowed. */
export type EgressExpectation =
  | { readonly place: string; readonly kind: 'rest-is-free' }
  | {
      readonly place: string;
      readonly kind: 'events';
      readonly egressId: string | undefined;
      readonly count: number;
      /** The pattern that each event must match; see {@link findMismatch}. */
      readonly pattern: Readonly<Record<string, unknown>>;
    };

/** Most events kept for later expectations. A play without expectations has no limit. */
const leftMax = 100_000;

const attributes = ['type', 'source', 'subject', 'data'] as const;

/** Parses the data of a `test.expect-egress` line. Throws FIXTURE_INVALID. */
export function parseEgressExpectation(data: unknown, place: string): EgressExpectation {
  const fields = new ExpectationData(lineType, data, ['egress', 'key', ...attributes, 'count', 'rest'], place);
  if (fields.has('rest')) {
    if (fields.get('rest') !== 'any') throw fields.invalid('has a field rest that is not "any"');
    if (Object.keys(data as object).length > 1) throw fields.invalid('has other fields besides rest', 'Put rest on a line of its own.');
    return { place, kind: 'rest-is-free' };
  }
  const wanted = ['key', ...attributes].filter((field) => fields.has(field));
  return {
    place,
    kind: 'events',
    egressId: fields.text('egress'),
    count: fields.count('count') ?? 1,
    pattern: Object.fromEntries(wanted.map((field) => [field, fields.get(field)])),
  };
}

/**
 * The egress events of a fixture that no expectation has taken yet, in order.
 *
 * 1. An expectation takes the next events (of the egress that it names, if any), and each must match.
 * 2. `count: 0` takes nothing: no remaining event may match.
 * 3. After an expectation, no event may remain at the end, unless a line allows the rest.
 */
export class ExpectedEgress {
  readonly #left: EgressedEvent[] = [];
  #lastPlace: string | undefined;
  #restIsFree = false;
  #overflowed = false;

  add(events: readonly EgressedEvent[]): void {
    for (const event of events) {
      if (this.#left.length < leftMax) this.#left.push(event);
      else this.#overflowed = true;
    }
  }

  /** Checks and takes the next events. Throws EXPECTATION_FAILED. */
  expect(expectation: EgressExpectation): void {
    this.#lastPlace = expectation.place;
    if (expectation.kind === 'rest-is-free') {
      this.#restIsFree = true;
      return;
    }
    const { egressId, count, pattern, place } = expectation;
    if (this.#overflowed) {
      throw new StatefunError('FIXTURE_INVALID', `${place}: more than ${leftMax} egress events came that no line expects.`, {
        facts: { place, leftMax },
      });
    }
    const expected = egressId === undefined ? pattern : { egress: egressId, ...pattern };
    if (count === 0) {
      const unwanted = this.#left.find((event) => isFrom(event, egressId) && mismatchOf(event, pattern) === undefined);
      if (unwanted === undefined) return;
      throw new ExpectationError(lineType, place, `an event came that was expected not to come${from(unwanted)}`, {
        expected,
        actual: shown(unwanted),
      });
    }
    for (let index = 0; index < count; index += 1)
      this.#take(egressId, pattern, place, count === 1 ? '' : ` (${index + 1} of ${count})`, expected);
  }

  /** Ends the fixture. Throws EXPECTATION_FAILED for unexpected events. */
  finish(): void {
    const extra = this.#left[0];
    if (extra === undefined || this.#lastPlace === undefined || this.#restIsFree) return;
    const others = this.#left.length === 1 ? 'an event nobody expected' : `${this.#left.length} events nobody expected`;
    const difference = `it is the last one, and ${others} came${from(extra)}; { "rest": "any" } would allow them`;
    throw new ExpectationError(lineType, this.#lastPlace, difference, { expected: [], actual: this.#left.map(shown) });
  }

  #take(egressId: string | undefined, pattern: Readonly<Record<string, unknown>>, place: string, which: string, expected: unknown): void {
    const index = this.#left.findIndex((event) => isFrom(event, egressId));
    const event = this.#left[index];
    if (event === undefined) {
      const from = egressId === undefined ? '' : ` of egress "${egressId}"`;
      throw new ExpectationError(lineType, place, `no event${from} is left${which}`, { expected, actual: this.#left.map(shown) });
    }
    const mismatch = mismatchOf(event, pattern);
    if (mismatch !== undefined) {
      const difference = `${mismatch.path} ${mismatch.text}${which}${from(event)}`;
      throw new ExpectationError(lineType, place, difference, { expected, actual: shown(event) });
    }
    this.#left.splice(index, 1);
  }
}

/** Returns a text with the line of the fixture that led to the event. */
function from(event: EgressedEvent): string {
  const text = placeText(event);
  return text === undefined ? '' : ` (${text})`;
}

function isFrom(event: EgressedEvent, egressId: string | undefined): boolean {
  return egressId === undefined || event.egressId === egressId;
}

function mismatchOf({ key, event }: EgressedEvent, pattern: Readonly<Record<string, unknown>>): Mismatch | undefined {
  const { type, source, subject, data } = event;
  return findMismatch({ key, type, source, subject, data }, pattern, '');
}

function shown({ egressId, key, event }: EgressedEvent): object {
  return { egress: egressId, key, ...event };
}
