import { StatefunError } from '../../shared/errors.ts';
import { show } from './match.ts';

/** What an expectation compared; test runners show both sides of an error that has these two fields. */
export interface Compared {
  readonly expected: unknown;
  readonly actual: unknown;
}

/** An expectation that did not come true: EXPECTATION_FAILED, with both sides as fields. */
export class ExpectationError extends StatefunError {
  readonly expected: unknown;
  readonly actual: unknown;

  /** `what` says what was expected, `place` is the line of the fixture if it stands in one, `difference` the first thing that is wrong. */
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

/** Characters of each side in the text; the fields hold all of it. */
const shownMax = 2_000;
