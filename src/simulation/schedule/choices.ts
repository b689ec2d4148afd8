import type { SeededRandom } from '../../shared/seeded-random.ts';

/**
 * The kinds of choices, in the order in which a shorter failing run is searched: whole faults first, then smaller ones, then the order of steps.
 *
 * - `fault`: the fault before a step;
 * - `handler`: the fault of an attempt;
 * - `egress`: the result of sending to an egress;
 * - `kept`: whether a crash keeps the running commit;
 * - `read`: whether a state read completes at once;
 * - `batch`: how many records are delivered together;
 * - `next`: the next of the possible steps.
 */
export const choiceKinds = ['fault', 'handler', 'egress', 'kept', 'read', 'batch', 'next'] as const;

export type ChoiceKind = (typeof choiceKinds)[number];

/** Choices by kind, in the order in which they were made. 0 is the calm choice, also for choices that are not listed. */
export type RecordedChoices = Readonly<Record<ChoiceKind, readonly number[]>>;

/** Makes the choices of a run, and records them so that the run can be repeated. */
export class Choices {
  readonly #made: Record<ChoiceKind, number[]> = noChoices();
  readonly #random: SeededRandom | undefined;
  readonly #recorded: RecordedChoices;

  private constructor(random: SeededRandom | undefined, recorded: RecordedChoices) {
    this.#random = random;
    this.#recorded = recorded;
  }

  static drawn(random: SeededRandom): Choices {
    return new Choices(random, noChoices());
  }

  static replayed(recorded: RecordedChoices): Choices {
    return new Choices(undefined, recorded);
  }

  /** Creates choices without faults, with which everything happens as soon as possible. */
  static calm(): Choices {
    return new Choices(undefined, noChoices());
  }

  /** Returns a whole number from 0 to `count` - 1. `draw` makes it in a new run. */
  choose(kind: ChoiceKind, count: number, draw: (random: SeededRandom) => number): number {
    const made = this.#made[kind];
    const wanted = this.#random === undefined ? (this.#recorded[kind][made.length] ?? 0) : draw(this.#random);
    const choice = wanted < count ? wanted : 0;
    made.push(choice);
    return choice;
  }

  get made(): RecordedChoices {
    return this.#made;
  }
}

export function noChoices(): Record<ChoiceKind, number[]> {
  return { fault: [], handler: [], egress: [], kept: [], read: [], batch: [], next: [] };
}

/** Returns the number of choices that are not calm. */
export function countDisturbances(choices: RecordedChoices): number {
  return choiceKinds.reduce((sum, kind) => sum + choices[kind].filter((choice) => choice > 0).length, 0);
}
