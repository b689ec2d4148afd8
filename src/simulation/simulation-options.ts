import type { Provider } from '../injection/provider.ts';
import type { EngineLimits } from '../engine/partition/limits.ts';
import type { CloudEvent, NewEvent } from '../envelope/cloud-event.ts';
import type { Clock } from '../shared/time/clock.ts';
import type { Duration } from '../shared/time/duration.ts';
import type { EgressedEvent } from '../testing/egressed-event.ts';
import type { GivenAddress } from '../testing/test-run.ts';
import type { TestSettings } from '../testing/test-settings.ts';
import type { SimulationInvariant } from './checks/invariant.ts';
import type { SimulationRandom } from './schedule/simulation-random.ts';
import type { SimulatedFaults } from './schedule/run-settings.ts';
import type { SimulationEnd } from './checks/simulation-end.ts';

/** What comes in: an event, or a record as it is. Events with an equal `partitionkey` keep their order, and so do those without one. */
export type SimulatedEvent = CloudEvent | NewEvent | string | Uint8Array;

export interface SimulationOptions extends Omit<TestSettings, 'providers'> {
  /** The events of one run. They must follow from `random` alone, so that a seed always gives the same. About a dozen is a good number. */
  readonly events: (random: SimulationRandom) => readonly SimulatedEvent[];
  /** How many runs. @defaultValue 100 */
  readonly seeds?: number;
  /** The first seed; the others follow it. @defaultValue 1, so that a test does the same every time */
  readonly seed?: number;
  /** What the application promises, besides what the framework does. */
  readonly invariants?: readonly SimulationInvariant[];
  /** State that addresses have at first. */
  readonly given?: readonly GivenAddress[];
  /** What may go wrong. @defaultValue everything */
  readonly faults?: SimulatedFaults;
  /** Each replaces the provider of its token, or is added; a function is given the clock of the simulation, for handlers that wait for it. */
  readonly providers?: readonly Provider[] | ((clock: Clock) => readonly Provider[]);
  /** Called before every run: singletons live through all of them, so what they keep is put back here. */
  readonly beforeRun?: () => void;
  /**
   * A run is over when nothing is due within this time. Longer than what matters, shorter than the period of messages that a function sends
   * itself for ever.
   *
   * @defaultValue `'1d'`
   */
  readonly horizon?: Duration;
  /**
   * Whether a run must come to the same end as a quiet one of the same events. `auto`: unless the application comes to different ends when
   * nothing goes wrong and only order and time differ.
   *
   * @defaultValue `'auto'`
   */
  readonly sameEnd?: 'auto' | 'always' | 'never';
  /** What of an end is compared: leave out what may depend on order. @defaultValue everything */
  readonly result?: (end: SimulationEnd) => unknown;
  /** Events that the outside will never take: they become dead letters. @defaultValue none */
  readonly refuses?: (event: EgressedEvent) => boolean;
  /** Whether every dead letter is tried again in the end. @defaultValue `false` */
  readonly redrives?: boolean;
  /** Whether a run that fails is made as short as possible, which takes up to some hundred runs. @defaultValue `true` */
  readonly shrinks?: boolean;
  /** Limits of a run besides those that are drawn anyway. @internal */
  readonly limits?: (random: SimulationRandom) => Partial<EngineLimits>;
  /** The line of a failure: only this run is made. */
  readonly replay?: string;
}
