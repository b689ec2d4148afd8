import { StatefunError } from '../../shared/errors.ts';
import { show } from './match.ts';

/** The two sides of an expectation. Test runners show both for an error with these fields. */
export interface Compared {
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The error of a failed expectation: EXPECTATION_FAILED, with both sides as fields. */
export class ExpectationError extends StatefunError {
  readonly expected: unknown;
  readonly actual: unknown;

  /** `what` names the expectation, `place` its line in a fixture, and `difference` the first difference. */
  constructor(what: string, place: string | undefined, difference: string, { expected, actual }: Compared) {
    super(
      'EXPECTATION_FAILED',
      `${place === undefined ? what : `${what} at ${place}`}: ${difference}.\n  Expected: ${show(expected, shownMax)}\n  Actual:   ${show(actual, shownMax)}`,
      {
        facts: { place, expected, actual },
      },
    );
    this.expected = expected;
    this.actual = actual;
  }
}

/** Most characters of each side in the text; the fields contain all. */
const shownMax = 2_000;
