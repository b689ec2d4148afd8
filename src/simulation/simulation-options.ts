import type { Provider } from '../injection/provider.ts';
import type { EngineLimits } from '../engine/partition/limits.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { EgressedEvent } from '../testing/egressed-event.ts';
import type { GivenAddress } from '../testing/test-run.ts';
import type { TestSettings } from '../testing/test-settings.ts';
import type { SimulationInvariant } from './checks/invariant.ts';
import type { SeededRandom } from '../shared/seeded-random.ts';
import type { SimulatedFaults } from './schedule/run-settings.ts';
import type { SimulationEnd } from './checks/simulation-end.ts';

/** An event, or a record as text or bytes. Events with the same `partitionkey` keep their order, as do all events without one. */
export type SimulatedEvent = CloudEvent | NewEvent | string | Uint8Array;

/** Options of `simulate`. */
export interface SimulationOptions extends Omit<TestSettings, 'providers'> {
  /** Returns the events of one run. They must depend on `random` only, so that a seed always gives the same events. Use about a dozen. */
  readonly events: (random: SeededRandom) => readonly SimulatedEvent[];
  /** Number of runs. @defaultValue 100 */
  readonly seeds?: number;
  /** The first seed; the other seeds are the following numbers. @defaultValue 1, so that a test is the same every time */
  readonly seed?: number;
  /** Invariants of the application, checked in addition to those of the framework. */
  readonly invariants?: readonly SimulationInvariant[];
  /** The state of addresses at the beginning. */
  readonly given?: readonly GivenAddress[];
  /** The faults that may happen. @defaultValue all */
  readonly faults?: SimulatedFaults;
  /** Each provider replaces the one with the same token, or is added. A function gets the clock of the simulation, for handlers that wait. */
  readonly providers?: readonly Provider[] | ((clock: Clock) => readonly Provider[]);
  /** Called before every run, to reset singletons, which live through all runs. */
  readonly beforeRun?: () => void;
  /**
   * A run ends when nothing is due within this time. It should be longer than delays that matter, and shorter than the period of messages that a
   * function keeps sending to itself.
   *
   * @defaultValue `'1d'`
   */
  readonly horizon?: Duration;
  /**
   * Whether a run must end like a quiet run of the same events. With `auto` it must, unless the application ends differently when nothing goes
   * wrong and only order and time differ.
   *
   * @defaultValue `'auto'`
   */
  readonly sameEnd?: 'auto' | 'always' | 'never';
  /** Returns the part of an end to compare, without anything that may depend on order. @defaultValue everything */
  readonly result?: (end: SimulationEnd) => unknown;
  /** Whether the outside always refuses an event, which then becomes a dead letter. @defaultValue none is refused */
  readonly refuses?: (event: EgressedEvent) => boolean;
  /** Whether each dead letter is redriven at the end of a run. @defaultValue `false` */
  readonly redrives?: boolean;
  /** Whether a failing run is made as short as possible, which takes up to some hundred runs. @defaultValue `true` */
  readonly shrinks?: boolean;
  /** Returns limits of a run in addition to those that are drawn. @internal */
  readonly limits?: (random: SeededRandom) => Partial<EngineLimits>;
  /** The line of a failure. Only that run is repeated. */
  readonly replay?: string;
}
