import type { Choices } from './choices.ts';
import type { EngineRun } from '../world/engine-run.ts';
import type { SeededRandom } from '../../shared/seeded-random.ts';
import type { RunSettings, SimulatedFaults } from './run-settings.ts';
import type { WatchedHandlers } from '../world/watched-handlers.ts';

/** The kinds of faults before a step. */
export const faultKinds = ['none', 'crash', 'stop', 'ingress-fails', 'disk-fails', 'clock-back', 'clock-forward'] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Factor of the probability of a fault during a commit, whose few steps are the most sensitive. */
const commitFactor = 5;

export interface FaultsOptions {
  readonly settings: RunSettings;
  readonly allowed: SimulatedFaults;
  readonly choices: Choices;
  readonly handlers: WatchedHandlers;
}

/** Chooses the faults of a run. */
export class Faults {
  readonly #options: FaultsOptions;
  #happened = 0;

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** Number of faults so far. */
  get happened(): number {
    return this.#happened;
  }

  next(engineRun: EngineRun, stopping: boolean): FaultKind {
    const { choices } = this.#options;
    const drawn = choices.choose('fault', faultKinds.length, (random) => this.#draw(random, engineRun, stopping));
    const kind = faultKinds[drawn] ?? 'none';
    if (kind === 'none' || !this.#isPossible(kind, engineRun, stopping)) return 'none';
    this.#happened += 1;
    return kind;
  }

  /** Chooses whether the running commit is durable after a crash. */
  comesToPass(): boolean {
    return this.#options.choices.choose('kept', 2, (random) => random.below(2)) === 1;
  }

  /** Returns the distance of a clock jump, in milliseconds: a little, or beyond everything that is due soon. */
  jumpMs(kind: 'clock-back' | 'clock-forward'): number {
    const sizes = [500, 5, 60_000, 3_600_000];
    const size = sizes[this.#options.choices.choose('kept', sizes.length, (random) => random.below(sizes.length))] ?? 0;
    return kind === 'clock-back' ? -size : size;
  }

  #draw(random: SeededRandom, engineRun: EngineRun, stopping: boolean): number {
    const { faultRate, faultsMax } = this.#options.settings;
    const rate = engineRun.store.commitStep === undefined ? faultRate : faultRate * commitFactor;
    if (this.#happened >= faultsMax || !random.chance(rate)) return 0;
    const possible = faultKinds.filter((kind) => kind !== 'none' && this.#isPossible(kind, engineRun, stopping));
    return possible.length === 0 ? 0 : faultKinds.indexOf(random.oneOf(possible));
  }

  #isPossible(kind: Exclude<FaultKind, 'none'>, { store, ingress, started }: EngineRun, stopping: boolean): boolean {
    const { allowed, handlers } = this.#options;
    if (stopping && kind !== 'crash') return false;
    switch (kind) {
      case 'crash':
        return allowed.crashes !== false;
      case 'stop':
        return allowed.crashes !== false && started;
      case 'ingress-fails':
        return allowed.stops !== false && ingress.started;
      case 'disk-fails':
        return allowed.stops !== false && store.commitStep !== undefined;
      case 'clock-back':
      case 'clock-forward':
        // Running attempts must not time out by the jump: their message would have one attempt less.
        return allowed.clock !== false && handlers.running === 0;
    }
  }
}
