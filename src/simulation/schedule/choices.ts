import type { SimulationRandom } from './simulation-random.ts';

/**
 * What is chosen, in the order in which a shorter failing run is looked for: whole faults first, then smaller ones, then the order of things.
 *
 * - `fault`: what goes wrong before a step;
 * - `handler`: what happens to an attempt;
 * - `egress`: how the outside answers;
 * - `kept`: whether a crash leaves the commit under way;
 * - `read`: whether state is there at once;
 * - `batch`: how many records are delivered together;
 * - `next`: which of the possible steps is taken.
 */
export const streams = ['fault', 'handler', 'egress', 'kept', 'read', 'batch', 'next'] as const;

export type Stream = (typeof streams)[number];

/** Choices by stream. 0 is the calm one, also for whatever is not listed. */
export type RecordedChoices = Readonly<Record<Stream, readonly number[]>>;

/** Decides what happens in a run, and remembers it, so that it can happen again. */
export class Choices {
  readonly #made: Record<Stream, number[]> = noChoices();
  readonly #random: SimulationRandom | undefined;
  readonly #recorded: RecordedChoices;

  private constructor(random: SimulationRandom | undefined, recorded: RecordedChoices) {
    this.#random = random;
    this.#recorded = recorded;
  }

  static drawn(random: SimulationRandom): Choices {
    return new Choices(random, noChoices());
  }

  static replayed(recorded: RecordedChoices): Choices {
    return new Choices(undefined, recorded);
  }

  /** Nothing goes wrong, and everything happens as soon as it can. */
  static calm(): Choices {
    return new Choices(undefined, noChoices());
  }

  /** A whole number from 0 to below `count`; `draw` makes one when the run is new. */
  choose(stream: Stream, count: number, draw: (random: SimulationRandom) => number): number {
    const made = this.#made[stream];
    const wanted = this.#random === undefined ? (this.#recorded[stream][made.length] ?? 0) : draw(this.#random);
    const choice = wanted < count ? wanted : 0;
    made.push(choice);
    return choice;
  }

  get made(): RecordedChoices {
    return this.#made;
  }
}

export function noChoices(): Record<Stream, number[]> {
  return { fault: [], handler: [], egress: [], kept: [], read: [], batch: [], next: [] };
}

/** How many choices are not the calm one. */
export function countDisturbances(choices: RecordedChoices): number {
  return streams.reduce((sum, stream) => sum + choices[stream].filter((choice) => choice > 0).length, 0);
}
